using Deploy.Configuration;
using Deploy.Engines.TensorRt;
using Deploy.Output;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>Engines of any ONNX folder, outside a run: no checkpoint and no data set are needed, only the config's model and components.</summary>
internal sealed record LooseEngines(LoadedConfig Loaded, RunLog Log, Surroundings Surroundings, CancellationToken Cancel)
{
    private static readonly string[] Precisions = ["fp16", "int8"];

    /// <summary>Builds what the folder holds: subfolders fp16 and int8, or the files of one precision, which its Q/DQ tell.</summary>
    /// <exception cref="QuantException">QNT0910: no trtexec. QNT0504: the folder holds no such files.</exception>
    public EngineReport Build(string onnxFolder, string outputFolder)
    {
        var (config, output) = (Loaded.Config, Path.GetFullPath(outputFolder));
        var choice = BackendChoice.Of(Loaded, Surroundings, Cancel);
        if (choice.Trtexec is null)
        {
            throw new QuantException(DiagnosticCodes.TrtexecMissing, $"{choice.Reason}; install TensorRT, or write a bundle for a machine that has it: deploy bundle");
        }

        string Folder(string precision) => Path.Combine(output, precision);
        var sources = Sources(config, Path.GetFullPath(onnxFolder));
        var jobs = sources.SelectMany(source => EngineJobs.Of(config, source.Key, source.Value, Folder(source.Key))).ToList();
        foreach (var (precision, source) in sources)
        {
            AutowareFiles.Write(config, precision, source, Folder(precision), Log);
        }

        var result = TensorRtEngines.Build(choice, jobs, config.BackendConfig.CommonConfig, Log, Cancel);
        return new EngineReport(choice.Backend, choice.Reason, TensorRtEngines.Entries(result, output, Folder));
    }

    /// <summary>Precision → folder of its ONNX files.</summary>
    public static IReadOnlyDictionary<string, string> Sources(DeployConfig config, string onnxFolder)
    {
        bool Holds(string folder) => File.Exists(Path.Combine(folder, config.Components.PtsVoxelEncoder.OnnxFile)) && File.Exists(Path.Combine(folder, config.Components.PtsBackboneNeckHead.OnnxFile));
        if (Holds(onnxFolder))
        {
            var quantized = OnnxFacts.Read(Path.Combine(onnxFolder, config.Components.PtsBackboneNeckHead.OnnxFile)).HasQuantization;
            return new Dictionary<string, string> { [quantized ? "int8" : "fp16"] = onnxFolder };
        }

        var found = Precisions.Where(precision => Holds(Path.Combine(onnxFolder, precision))).ToDictionary(precision => precision, precision => Path.Combine(onnxFolder, precision));
        return found.Count > 0 ? found : throw new QuantException(
            DiagnosticCodes.EngineRequestInvalid,
            $"neither {config.Components.PtsVoxelEncoder.OnnxFile} with {config.Components.PtsBackboneNeckHead.OnnxFile} nor folders fp16 and int8 with them are there; give the folder that 'deploy export' or a run wrote",
            new SourceLocation(onnxFolder));
    }
}
