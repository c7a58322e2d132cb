using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deploy.Pipeline;
using Quant.Core.Diagnostics;
using Testing;
using Xunit;

namespace Deploy.Tests.Pipeline;

/// <summary>sbom.json against what CycloneDX 1.6 requires.</summary>
public sealed class SoftwareBillTests
{
    private static readonly string[] ComponentTypes = ["application", "library", "machine-learning-model"];

    private static readonly Manifest Made = new()
    {
        Name = "front \"1\"",
        Tool = "deploy 0.1.0+abc",
        Written = "2026-11-24T12:00:00Z",
        Checkpoint = new FileDigest("epoch_50.pth", new string('a', 64)),
        Config = [],
        CalibrationFrames = [],
        Outputs = new Dictionary<string, string> { ["onnx/int8/b.onnx"] = new('b', 64), ["engine/int8/b.engine"] = new('c', 64), ["compare.json"] = new('d', 64) },
        Environment = new Dictionary<string, string> { ["libtorch"] = "2.10.0", ["device"] = "cpu" },
    };

    [Fact]
    public void Every_field_that_the_specification_requires_is_there()
    {
        var bill = Bill(Made);

        Assert.Equal(("CycloneDX", "1.6", 1), ((string?)bill["bomFormat"], (string?)bill["specVersion"], (int?)bill["version"]));
        Assert.Matches("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", (string?)bill["serialNumber"]);
        Assert.Equal(Made.Written, (string?)bill["metadata"]!["timestamp"]);
        Assert.All(Components(bill), component =>
        {
            Assert.Contains((string?)component["type"], ComponentTypes);
            Assert.NotEmpty((string)component["name"]!);
            Assert.All(component["hashes"]?.AsArray() ?? [], hash => Assert.Equal("SHA-256", (string?)hash!["alg"]));
            Assert.All(component["hashes"]?.AsArray() ?? [], hash => Assert.Matches("^[0-9a-f]{64}$", (string?)hash!["content"]));
        });
    }

    [Fact]
    public void References_are_unique_and_every_dependency_is_listed()
    {
        var bill = Bill(Made);
        var refs = Components(bill).Select(component => (string)component["bom-ref"]!).Append((string)bill["metadata"]!["component"]!["bom-ref"]!).ToList();
        var dependencies = bill["dependencies"]!.AsArray();

        Assert.Equal(refs.Count, refs.Distinct().Count());
        Assert.All(dependencies, item => Assert.Contains((string)item!["ref"]!, refs));
        Assert.All(dependencies.SelectMany(item => item!["dependsOn"]!.AsArray()), item => Assert.Contains((string)item!, refs));
    }

    [Theory]
    [InlineData("Microsoft.ML.OnnxRuntime")]
    [InlineData("TorchSharp")]
    [InlineData("Google.Protobuf")]
    [InlineData("YamlDotNet")]
    public void The_packages_are_those_of_the_program_with_their_versions(string name)
    {
        var version = Regex.Match(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props")), $"Include=\"{Regex.Escape(name)}\" Version=\"([^\"]+)\"").Groups[1].Value;
        var component = Components(Bill(Made)).Single(component => (string?)component["name"] == name);

        Assert.Equal(version, (string?)component["version"]);
        Assert.Equal($"pkg:nuget/{name}@{version}", (string?)component["purl"]);
    }

    [Fact]
    public void A_package_has_the_content_hash_of_the_lock_file_and_no_hash_of_a_file_that_it_is_not()
    {
        var locked = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "Deploy", "packages.lock.json")))!["dependencies"]!["net10.0"]!.AsObject();
        var packages = Components(Bill(Made)).Where(component => ((string)component["bom-ref"]!).StartsWith("pkg:nuget/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(packages);
        Assert.All(packages, component =>
        {
            var property = component["properties"]!.AsArray().Single()!;
            Assert.Equal("deploy:nuget-content-sha512", (string?)property["name"]);
            Assert.Equal((string?)locked[(string)component["name"]!]!["contentHash"], (string?)property["value"]);
            Assert.Null(component["hashes"]);
        });
    }

    [Fact]
    public void Every_component_but_libtorch_says_what_it_needs()
    {
        var bill = Bill(Made);
        var known = bill["dependencies"]!.AsArray().Select(item => (string)item!["ref"]!);

        Assert.Equal(["libtorch"], Components(bill).Select(component => (string)component["bom-ref"]!).Except(known));
    }

    [Fact]
    public void Models_have_their_digests_and_other_results_are_left_to_the_manifest()
    {
        var models = Components(Bill(Made)).Where(component => (string?)component["type"] == "machine-learning-model").ToDictionary(component => (string)component["name"]!, component => (string)component["hashes"]![0]!["content"]!);

        Assert.Equal(["checkpoint/epoch_50.pth", "engine/int8/b.engine", "onnx/int8/b.onnx"], models.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Made.Outputs["onnx/int8/b.onnx"], models["onnx/int8/b.onnx"]);
    }

    [Fact]
    public void The_serial_number_follows_the_content_and_not_the_time()
    {
        string Serial(Manifest manifest) => (string)Bill(manifest)["serialNumber"]!;

        Assert.Equal(SoftwareBill.Write(Made, ToolPackages.Read(ToolPackages.File)), SoftwareBill.Write(Made, ToolPackages.Read(ToolPackages.File)));
        Assert.Equal(Serial(Made), Serial(Made with { Written = "2027-01-01T00:00:00Z" }));
        Assert.NotEqual(Serial(Made), Serial(Made with { Checkpoint = new FileDigest("epoch_50.pth", new string('0', 64)) }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{")]
    [InlineData("{\"runtimeTarget\": {\"name\": \"x\"}, \"targets\": {\"x\": {}}, \"libraries\": {\"a/1\": {}}}")]
    [InlineData("{\"runtimeTarget\": {\"name\": \"x\"}, \"targets\": {\"x\": {\"a\": {}}}, \"libraries\": {\"a\": {\"type\": \"package\", \"sha512\": \"\"}}}")]
    [InlineData("{\"runtimeTarget\": {\"name\": \"x\"}, \"targets\": {\"x\": {\"a/1\": {}}}, \"libraries\": {\"a/1\": {\"type\": \"package\", \"sha512\": \"sha512-?\"}}}")]
    [InlineData("[]")]
    public void A_damaged_list_of_packages_is_one_coded_problem(string? text)
    {
        using var folder = new TempFolder();
        if (text is not null)
        {
            File.WriteAllText(folder.File("deploy.deps.json"), text);
        }

        Assert.Equal(DiagnosticCodes.PackageListUnreadable, Assert.Throws<QuantException>(() => ToolPackages.Read(folder.File("deploy.deps.json"))).Diagnostics.Single().Code);
    }

    private static JsonNode Bill(Manifest manifest) => JsonNode.Parse(SoftwareBill.Write(manifest, ToolPackages.Read(ToolPackages.File)))!;

    private static IEnumerable<JsonNode> Components(JsonNode bill) => bill["components"]!.AsArray().Select(component => component!);
}
