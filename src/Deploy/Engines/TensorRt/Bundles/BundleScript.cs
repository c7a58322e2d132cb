using System.Globalization;
using System.Text;

namespace Deploy.Engines.TensorRt.Bundles;

/// <summary>The script of a bundle: plain POSIX shell, with the exact trtexec calls for each family of TensorRT versions.</summary>
internal static class BundleScript
{
    private const string Head =
        """
        #!/bin/sh
        # Builds the engines of this folder with the TensorRT of this machine, times them and keeps their outputs.
        # Usage: ./run.sh          (TRTEXEC=/path/to/trtexec ./run.sh when trtexec is not on PATH)
        # Results of an earlier run are replaced.
        # Exit code: 0 all engines built and run, 1 at least one failed (see results/*.log), 3 no usable trtexec.
        # Send the folder 'results' back with bundle.json; 'deploy engine --import' reads it.
        set -u
        unset CDPATH
        LC_ALL=C
        export LC_ALL
        cd -- "$(dirname -- "$0")" || exit 3

        refuse() {
            printf '%s\n' "$1" >&2
            exit 3
        }

        TRTEXEC=${TRTEXEC:-trtexec}
        if ! command -v "$TRTEXEC" >/dev/null 2>&1; then
            TRTEXEC=/usr/src/tensorrt/bin/trtexec
        fi
        command -v "$TRTEXEC" >/dev/null 2>&1 || refuse 'trtexec was not found; install TensorRT or set TRTEXEC'

        if command -v sha256sum >/dev/null 2>&1; then
            sha256sum -c SHA256SUMS >/dev/null || refuse 'a file of this bundle is damaged; copy it again'
        fi

        number=$("$TRTEXEC" --version 2>&1 | sed -n 's/.*\[TensorRT v\([0-9][0-9]*\)\].*/\1/p' | head -n 1)
        [ -n "$number" ] || refuse "$TRTEXEC names no TensorRT version; it is none, or older than 8.5"
        if [ "$number" -ge 100000 ]; then
            version=$((number / 10000 * 100 + number / 100 % 100))
        else
            version=$((number / 1000 * 100 + number / 100 % 10))
        fi

        rm -rf results engines
        mkdir -p results engines || exit 3
        printf '%s\n' "$number" > results/version
        if command -v nvidia-smi >/dev/null 2>&1; then
            nvidia-smi --query-gpu=name,driver_version --format=csv,noheader > results/gpu 2>/dev/null
        fi
        failed=0

        # call NAME ARGUMENTS...: runs trtexec and keeps log, exit code and arguments.
        call() {
            name=$1
            shift
            printf '%s\n' "$name"
            printf '%s\n' "$@" > "results/$name.args"
            "$TRTEXEC" "$@" > "results/$name.log" 2>&1
            code=$?
            printf '%s\n' "$code" > "results/$name.exit"
            # trtexec can exit with 0 after an error: PASSED and no error line are needed too.
            if [ "$code" -eq 0 ] && grep -q '&&&& PASSED' "results/$name.log" && ! grep -Eq '(^|[] ])\[[EF]\] ' "results/$name.log"; then
                return 0
            fi
            printf '%s failed, see results/%s.log\n' "$name" "$name" >&2
            failed=1
            return 1
        }

        # build MODEL NAME ARGUMENTS...: the engine takes its name only when all went well.
        build() {
            model=$1
            shift
            if call "$@" && [ -s "engines/$model.engine.tmp" ]; then
                mv "engines/$model.engine.tmp" "engines/$model.engine"
                wc -c < "engines/$model.engine" > "results/$model.bytes"
            else
                rm -f "engines/$model.engine.tmp"
                failed=1
            fi
        }

        # run MODEL NAME ARGUMENTS...: of an engine that was built.
        run() {
            model=$1
            shift
            [ -s "engines/$model.engine" ] && call "$@"
        }


        """;

    private const string Tail =
        """

        if command -v sha256sum >/dev/null 2>&1; then
            (cd results && find . -type f ! -name SHA256SUMS -exec sha256sum {} + > SHA256SUMS)
        fi
        exit "$failed"

        """;

    /// <summary>Writes the script.</summary>
    /// <param name="families">Every family with its calls, or the reason why it has none.</param>
    public static string Write(IReadOnlyList<(TrtexecCapabilities Family, IReadOnlyList<BundleStep>? Steps, string? Refusal)> families)
    {
        var text = new StringBuilder(Head);
        var functions = new Dictionary<string, string>(StringComparer.Ordinal);
        var choice = new StringBuilder();
        choice.Append(CultureInfo.InvariantCulture, $"if [ \"$version\" -lt {Number(families[0].Family.From)} ]; then\n    refuse \"TensorRT $number is older than {families[0].Family.Family}\"\n");
        foreach (var (family, steps, refusal) in families)
        {
            choice.Append(CultureInfo.InvariantCulture, $"elif [ \"$version\" -lt {Number(family.Until)} ]; then\n");
            if (steps is null)
            {
                choice.Append(CultureInfo.InvariantCulture, $"    refuse {Quote(refusal!.ReplaceLineEndings(" "))}\n");
                continue;
            }

            var body = string.Concat(steps.Select(step => $"    {step.Kind} {Quote(step.Model)} {string.Join(' ', step.Arguments.Prepend(step.Name).Select(Quote))}\n"));
            if (!functions.TryGetValue(body, out var name))
            {
                name = $"calls_{Number(family.From)}";
                functions.Add(body, name);
                text.Append(CultureInfo.InvariantCulture, $"# TensorRT {family.Family} and alike\n{name}() {{\n{body}}}\n\n");
            }

            choice.Append(CultureInfo.InvariantCulture, $"    {name}\n");
        }

        choice.Append(CultureInfo.InvariantCulture, $"else\n    refuse \"TensorRT $number is newer than this bundle knows ({families[^1].Family.Family}); write it again with a newer program\"\nfi\n");
        return text.Append(choice).Append(Tail).ToString().ReplaceLineEndings("\n");
    }

    /// <summary>One word for the shell, whatever it holds.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static int Number((int Major, int Minor) version) => (version.Major * 100) + version.Minor;
}
