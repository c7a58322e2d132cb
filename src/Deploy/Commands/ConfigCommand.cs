using System.CommandLine;
using Deploy.Configuration;
using Deploy.Output;

namespace Deploy.Commands;

/// <summary><c>deploy config check | show | schema</c>.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandHost host)
    {
        var check = new Command("check", "Reports every problem of a config at once.");
        check.SetAction(parse => host.RunWithConfig(parse, (loaded, log) =>
        {
            log.Info($"{loaded.Files[0]}: {loaded.Files.Count} files, no problems");
            return ExitCodes.Ok;
        }));

        var origin = new Option<bool>("--origin") { Description = "With the file and line each value comes from." };
        var show = new Command("show", "Prints every effective value.") { origin };
        show.SetAction(parse => host.RunWithConfig(parse, (loaded, _) =>
        {
            foreach (var (key, value, place) in ConfigOrigin.List(loaded))
            {
                var (line, comment) = ($"{key} = {value}", parse.GetValue(origin) ? $"    # {Near(place)}" : "");
                var together = line.Length + comment.Length <= Terminal.Columns;
                host.WriteWrapped(together ? line + comment : line, 4);
                if (!together && comment.Length > 0)
                {
                    host.WriteWrapped(comment, 6);
                }
            }

            return ExitCodes.Ok;
        }));

        var schema = new Command("schema", "Prints the JSON schema that editors use.");
        schema.SetAction(parse => host.Run(parse, _ =>
        {
            host.Output.Write(ConfigSchema.Generate());
            return ExitCodes.Ok;
        }));
        return new Command("config", "Checks and explains configs.\n\nExample: deploy config show --origin --config c.yaml") { check, show, schema };
    }

    /// <summary>A place as seen from the current folder, where that is shorter.</summary>
    private static string Near(string place) => Path.IsPathRooted(place) && Path.GetRelativePath(".", place) is var near && near.Length < place.Length ? near : place;
}
