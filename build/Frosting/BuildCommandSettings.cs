using System.ComponentModel;
using Cake.Cli;
using Cake.Core.Diagnostics;
using Spectre.Console.Cli;

namespace Cake.Frosting;

/// <summary>Cake's own switches; every other argument is kept for the tasks.</summary>
internal sealed class BuildCommandSettings : CommandSettings
{
    [CommandOption("-t|--target|--Target <TARGET>")]
    [Description("The task to run; may be given several times. The default is Default.")]
    public string[] Targets { get; set; } = [];

    [CommandOption("-e|--exclusive")]
    [Description("Runs the target without its dependencies.")]
    public bool Exclusive { get; set; }

    [CommandOption("--tree|--showtree")]
    [Description("Shows the tasks as a tree and runs none.")]
    public bool Tree { get; set; }

    [CommandOption("--description|--showdescription|--descriptions")]
    [Description("Shows what each task does and runs none.")]
    public bool Description { get; set; }

    [CommandOption("--dryrun|--noop|--whatif")]
    [Description("Shows the tasks in the order they would run.")]
    public bool DryRun { get; set; }

    [CommandOption("-v|--verbosity <VERBOSITY>")]
    [Description("Quiet, Minimal, Normal, Verbose or Diagnostic.")]
    [TypeConverter(typeof(VerbosityConverter))]
    public Verbosity Verbosity { get; set; } = Verbosity.Normal;

    [CommandOption("--version|--ver")]
    [Description("Shows the version of Cake.")]
    public bool Version { get; set; }

    [CommandOption("--info")]
    [Description("Shows information about Cake.")]
    public bool Info { get; set; }
}
