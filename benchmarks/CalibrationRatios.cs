using System.Diagnostics;
using System.Globalization;
using Deploy.Configuration;
using Deploy.Datasets;
using Deploy.Pipeline;
using Quant.Core.Calibration;
using Quant.Core.Checkpoints;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Quant.Core.Native;
using Quant.Core.Quantization;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>
/// Calibration against plain forward passes over the same frames, in one process and in turns, so that a shared machine slows all of them alike; processor time counts this process alone
/// (with one thread nothing waits for another while it counts).
/// Frames are read and turned into pillars before the clock runs. Usage: <c>calibration CONFIG [FRAMES_ROOT [ROUNDS [THREADS [DEVICE [FRAMES]]]]]</c>.
/// </summary>
public static class CalibrationRatios
{
    /// <summary>Measures and prints a Markdown table: the median over rounds of the time, and of the ratio to the same round's forward passes.</summary>
    public static void Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        List<string> overrides = [$"dataset.calibration.num_frames={(args.Length > 5 ? args[5] : "64")}"];
        if (args.Length > 1)
        {
            overrides.Add($"dataset.calibration.root={Path.GetFullPath(args[1])}");
        }

        var rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 3;
        var threads = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 2;
        var loaded = ConfigLoader.Load(args[0], overrides);
        LibTorch.Load(Surroundings.Read().LibTorch);
        set_num_threads(threads);
        var target = device(args.Length > 4 ? args[4] : "cpu");
        // As the program does it.
        (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32) = (false, false);
        var config = loaded.Config;
        var source = FrameSources.Open(new DatasetOptions
        {
            Type = config.Dataset.Type,
            Root = config.Dataset.Calibration!.Root!,
            NumFrames = config.Dataset.Calibration.NumFrames,
            PointColumns = config.Dataset.PointColumns,
            UseDim = config.Dataset.UseDim,
            PointCloudRange = config.Model.PointCloudRange,
            ClassNames = config.Model.PtsBboxHead.ClassNames,
        });
        List<CalibrationFrame> frames = [.. FrameStream.Read(source, int.MaxValue, CancellationToken.None).Select(frame => new CalibrationFrame(frame.Token, Voxelizer.Voxelize(frame.Points, config.Model)))];
        using var model = Load(config, target);
        var plan = QuantizationPlan.Create(model, config.Quantization);
        var calibration = config.Quantization.Calibration;
        var table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, calibration, () => frames.Take(8)).Ranges);
        Forward(model, [.. frames.Take(8)]);
        (string Name, Func<Action<CalibrationFrame[]>> Prepare)[] steps =
        [
            ("forward passes", () => all => Forward(model, all)),
            ("ranges, max", () => all => Calibrator.Run(model, plan, calibration with { Method = "max" }, () => all)),
            ("histograms, compat", () => all => Calibrator.Run(model, plan, calibration with { Binning = "compat" }, () => all)),
            ("histograms, two_pass", () => all => Calibrator.Run(model, plan, calibration with { Binning = "two_pass" }, () => all)),
            ("bias correction", () => Correction(config, target, table)),
        ];
        var seconds = steps.ToDictionary(step => step.Name, _ => new List<double>());
        var processor = steps.ToDictionary(step => step.Name, _ => new List<double>());
        CalibrationFrame[] all = [.. frames];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, prepare) in steps)
            {
                var run = prepare();
                using var process = Process.GetCurrentProcess();
                var (watch, before) = (Stopwatch.StartNew(), process.TotalProcessorTime);
                run(all);
                if (target.type == TorchSharp.DeviceType.CUDA)
                {
                    cuda.synchronize();
                }

                seconds[name].Add(watch.Elapsed.TotalSeconds);
                process.Refresh();
                processor[name].Add((process.TotalProcessorTime - before).TotalSeconds);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {watch.Elapsed.TotalSeconds:F2} s, processor {processor[name][^1]:F2} s"));
            }
        }

        Console.WriteLine($"{frames.Count} frames, {rounds} rounds, {target}, {threads} threads, {Environment.ProcessorCount} processors\n\n| step | ms a frame | ratio of times: median, quarters | of processor time |\n|---|---|---|---|");
        foreach (var (name, _) in steps)
        {
            var milliseconds = seconds[name].Order().ElementAt(seconds[name].Count / 2) * 1000 / frames.Count;
            var (times, work) = (Ratios(seconds[name], seconds[steps[0].Name]), Ratios(processor[name], processor[steps[0].Name]));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {milliseconds:F0} | {times[times.Count / 2]:F2} ({times[times.Count / 4]:F2} to {times[times.Count * 3 / 4]:F2}) | {work[work.Count / 2]:F2} ({work[work.Count / 4]:F2} to {work[work.Count * 3 / 4]:F2}) |"));
        }
    }

    private static List<double> Ratios(List<double> times, List<double> forward) => [.. times.Zip(forward, (time, plain) => time / plain).Order()];

    private static CenterPoint Load(DeployConfig config, Device target)
    {
        using var checkpoint = CheckpointReader.Read(config.CheckpointPath);
        var model = CenterPoint.Load(checkpoint.StateDict, config.Model, config.CheckpointPath);
        BatchNormFolder.Fold(model.Layers);
        model.To(target);
        return model;
    }

    private static void Forward(CenterPoint model, CalibrationFrame[] frames)
    {
        using var noGrad = no_grad();
        foreach (var frame in frames)
        {
            using var scope = NewDisposeScope();
            model.Forward(frame.Pillars);
        }
    }

    /// <summary>On all frames, whatever their memory. Correction changes its model, so each round has its own, loaded before the time starts.</summary>
    private static Action<CalibrationFrame[]> Correction(DeployConfig config, Device target, QuantizerTable table)
    {
        var model = Load(config, target);
        return all =>
        {
            BiasCorrector.Run(model, table, config.Quantization.BiasCorrection with { NumBatches = all.Length, MemoryGb = 16 }, all);
            model.Dispose();
        };
    }
}
