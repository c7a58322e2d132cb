namespace Quant.Core.Checkpoints;

/// <summary>A record of a zip archive, checked to lie inside the file and to overlap no other.</summary>
/// <param name="Name">Full name, never used as a path.</param>
/// <param name="DataOffset">First byte of the (compressed) data in the file.</param>
/// <param name="CompressedSize">Bytes in the file.</param>
/// <param name="Size">Bytes after decompression.</param>
/// <param name="Crc">CRC-32 of the decompressed bytes.</param>
/// <param name="Deflated">True for method 8, false for stored.</param>
internal sealed record ZipEntry(string Name, long DataOffset, long CompressedSize, long Size, uint Crc, bool Deflated);
