using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Architecture.Tests;

/// <summary>TorchSharp's own additions make a scalar that may be freed while libtorch reads it (see Quant.Core.Native.TensorSum).</summary>
public sealed class TensorSumTests
{
    public static TheoryData<string> Assemblies => [typeof(Quant.Core.Native.TensorSum).Assembly.Location, typeof(Deploy.Commands.DeployCommandLine).Assembly.Location];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Tensors_are_added_with_scalars_that_live_on(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var reader = file.GetMetadataReader();

        var additions = reader.MemberReferences.Select(reader.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference && reader.GetString(reader.GetTypeReference((TypeReferenceHandle)member.Parent).Name) is "Tensor" or "torch")
            .Select(member => (Name: reader.GetString(member.Name), Parameters: Parameters(reader, member)))
            .Where(member => member.Name == "op_Addition" || (member.Name is "add" or "add_" && member.Parameters == 1))
            .ToList();

        Assert.Empty(additions);
    }

    private static int Parameters(MetadataReader reader, MemberReference member)
    {
        var signature = reader.GetBlobReader(member.Signature);
        signature.ReadSignatureHeader();
        return signature.ReadCompressedInteger();
    }
}
