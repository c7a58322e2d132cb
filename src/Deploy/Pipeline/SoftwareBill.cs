using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Deploy.Pipeline;

/// <summary>
/// The bill of materials of a deployment in CycloneDX 1.6 (ECMA-424, https://cyclonedx.org/docs/1.6/json/): this program with its packages, libtorch,
/// the checkpoint and the models made from it. Equal contents give equal bytes but for the time, which is the manifest's.
/// </summary>
public static class SoftwareBill
{
    private const string Tool = "deploy";
    private const string LibTorch = "libtorch";
    private static readonly string[] ModelFiles = [".pth", ".onnx", ".engine"];

    /// <summary>The text of sbom.json.</summary>
    public static string Write(Manifest manifest, IReadOnlyList<ToolPackage> packages)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(packages);
        FileDigest[] files = [manifest.Checkpoint with { File = $"checkpoint/{manifest.Checkpoint.File}" }, .. manifest.Outputs.Where(item => ModelFiles.Contains(Path.GetExtension(item.Key))).OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => new FileDigest(item.Key, item.Value))];
        var libraries = packages.Where(package => package.Name != Tool).ToList();
        var own = packages.FirstOrDefault(package => package.Name == Tool)?.Dependencies ?? [];
        var refs = libraries.ToDictionary(package => package.Name, Ref);
        var subject = $"model:{manifest.Name}";
        var bill = new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["tools"] = new JsonObject { ["components"] = new JsonArray(Application(manifest)) },
                ["component"] = new JsonObject
                {
                    ["type"] = "machine-learning-model",
                    ["bom-ref"] = subject,
                    ["name"] = manifest.Name,
                    ["properties"] = new JsonArray([.. manifest.Environment.Select(item => Property(item.Key, item.Value))]),
                },
            },
            ["components"] = new JsonArray(
            [
                With(Application(manifest), "bom-ref", Tool),
                .. libraries.Select(Library),
                new JsonObject { ["type"] = "library", ["bom-ref"] = LibTorch, ["name"] = LibTorch, ["version"] = manifest.Environment[LibTorch], ["purl"] = $"pkg:generic/{LibTorch}@{manifest.Environment[LibTorch]}" },
                .. files.Select(Model),
            ]),
            ["dependencies"] = new JsonArray(
            [
                Depends(subject, [Tool, .. files.Select(Ref)]),
                Depends(Tool, [LibTorch, .. own.Where(refs.ContainsKey).Select(name => refs[name])]),
                .. libraries.Select(package => Depends(refs[package.Name], package.Dependencies.Where(refs.ContainsKey).Select(name => refs[name]))),
                // Files need nothing else, which an entry says; libtorch has none, since what it brings is not known here.
                .. files.Select(file => Depends(Ref(file), [])),
            ]),
        };
        bill["serialNumber"] = Serial(bill.ToJsonString());
        bill["metadata"]!["timestamp"] = manifest.Written;
        return JsonFile.Text(bill);
    }

    private static JsonObject Application(Manifest manifest) => new() { ["type"] = "application", ["name"] = Tool, ["version"] = manifest.Tool.Split(' ')[^1] };

    private static JsonObject Library(ToolPackage package)
    {
        var library = new JsonObject { ["type"] = "library", ["bom-ref"] = Ref(package), ["name"] = package.Name, ["version"] = package.Version };
        if (package.IsPackage)
        {
            library["purl"] = Ref(package);
        }

        // Not a member of "hashes": those are of the file, and this leaves out the signature that the file holds.
        return package.ContentHash is null ? library : With(library, "properties", new JsonArray(Property("nuget-content-sha512", package.ContentHash)));
    }

    private static JsonObject Model(FileDigest file) =>
        new() { ["type"] = "machine-learning-model", ["bom-ref"] = Ref(file), ["name"] = file.File, ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = file.Sha256 }) };

    private static JsonObject Property(string name, string value) => new() { ["name"] = $"{Tool}:{name}", ["value"] = value };

    private static JsonObject Depends(string reference, IEnumerable<string> on) => new() { ["ref"] = reference, ["dependsOn"] = new JsonArray([.. on.Select(item => JsonValue.Create(item))]) };

    private static JsonObject With(JsonObject item, string key, JsonNode value)
    {
        item[key] = value;
        return item;
    }

    private static string Ref(ToolPackage package) => package.IsPackage ? $"pkg:nuget/{package.Name}@{Uri.EscapeDataString(package.Version)}" : $"project:{package.Name}";

    private static string Ref(FileDigest file) => $"file:{file.File}";

    /// <summary>A UUID of version 8 (RFC 9562): the first 16 bytes of the content's SHA-256.</summary>
    private static string Serial(string content)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 16);
        (bytes[6], bytes[8]) = ((byte)((bytes[6] & 0x0f) | 0x80), (byte)((bytes[8] & 0x3f) | 0x80));
        return $"urn:uuid:{new Guid(bytes, bigEndian: true)}";
    }
}
