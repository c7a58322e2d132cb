using System.Buffers.Binary;

namespace Quant.Core.Checkpoints;

/// <summary>CRC-32 of zip records (ISO 3309, polynomial 0xEDB88320), four bytes a step.</summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = BuildTables();

    /// <summary>Continues from the value of the bytes before; starts from 0.</summary>
    public static uint Append(uint value, ReadOnlySpan<byte> data)
    {
        var crc = ~value;
        while (data.Length >= 4)
        {
            crc ^= BinaryPrimitives.ReadUInt32LittleEndian(data);
            crc = Tables[3][crc & 0xFF] ^ Tables[2][(crc >> 8) & 0xFF] ^ Tables[1][(crc >> 16) & 0xFF] ^ Tables[0][crc >> 24];
            data = data[4..];
        }

        foreach (var item in data)
        {
            crc = (crc >> 8) ^ Tables[0][(crc ^ item) & 0xFF];
        }

        return ~crc;
    }

    private static uint[][] BuildTables()
    {
        var tables = new uint[4][];
        for (var table = 0; table < tables.Length; table++)
        {
            tables[table] = new uint[256];
            for (var index = 0u; index < 256; index++)
            {
                var crc = table == 0 ? index : tables[table - 1][index];
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
                }

                tables[table][index] = crc;
            }
        }

        return tables;
    }
}
