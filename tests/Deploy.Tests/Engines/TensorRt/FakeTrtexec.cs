using System.Text.Json;
using Testing;

namespace Deploy.Tests.Engines.TensorRt;

/// <summary>The fake trtexec with its orders, as a program named trtexec in a folder of its own.</summary>
internal sealed class FakeTrtexec
{
    private readonly TempFolder folder;

    public FakeTrtexec(TempFolder folder, object orders)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder.File("fake"));
        Program = ShellScript.Write(folder.File("fake/trtexec"), $"FAKE_TRTEXEC='{folder.File("fake/orders.json")}' exec '{Executable()}' \"$@\"");
        Order(orders);
    }

    /// <summary>Its path.</summary>
    public string Program { get; }

    /// <summary>The arguments of every call so far that was not a question for the version.</summary>
    public IReadOnlyList<string[]> Calls => !File.Exists(folder.File("fake/calls"))
        ? []
        : [.. File.ReadAllLines(folder.File("fake/calls")).Select(line => JsonSerializer.Deserialize<string[]>(line)!).Where(call => !call.SequenceEqual(["--version"]))];

    /// <summary>Gives other orders.</summary>
    public void Order(object orders)
    {
        var json = JsonSerializer.SerializeToNode(orders, JsonSerializerOptions.Web)!.AsObject();
        json["calls"] = folder.File("fake/calls");
        File.WriteAllText(folder.File("fake/orders.json"), json.ToJsonString());
    }

    private static string Executable()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, "tests", "FakeTools", "FakeTrtexec", "bin", output.Parent!.Name, output.Name, "FakeTrtexec");
    }
}
