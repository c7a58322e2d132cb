using System.Reflection;
using System.Reflection.Emit;
using TorchSharp;

namespace Architecture.Tests;

/// <summary>Numbers that TorchSharp wraps may be freed while libtorch reads them (see <see cref="Quant.Core.Native.TensorMath"/>): the program leaves none to it.</summary>
public sealed class ScalarLifetimeTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Assemblies => ["Quant.Core", "deploy"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_number_that_meets_a_tensor_lives_on_during_the_call(string name)
    {
        Assert.Equal("Tensor", typeof(torch.Tensor).Name);
        var wraps = Methods(typeof(torch).Assembly).Where(method => method.DeclaringType != typeof(Scalar) && Calls(method).Any(MakesScalar)).ToHashSet();
        // The test would prove nothing if TorchSharp were not understood.
        Assert.Contains(typeof(torch.Tensor).GetMethod("square")!, wraps);

        var found = Methods(Assembly.Load(name))
            .Where(method => method.DeclaringType!.Namespace != "Quant.Core.Native")
            .SelectMany(method => Calls(method).Where(call => MakesScalar(call) || wraps.Contains(call)).Select(call => $"{method.DeclaringType!.Name}.{method.Name}: {call.Name}"))
            .ToList();

        Assert.Empty(found);
    }

    private static bool MakesScalar(MethodBase method) =>
        (method.DeclaringType == typeof(Scalar) && (method.Name == "op_Implicit" || method.IsConstructor)) || method.Name == "ToScalar";

    private static IEnumerable<MethodBase> Methods(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)));

    /// <summary>What a method calls, from its IL; bytes that merely look like a call resolve to nothing.</summary>
    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at + 4 < code.Length; at++)
        {
            if (code[at] == OpCodes.Call.Value || code[at] == OpCodes.Callvirt.Value || code[at] == OpCodes.Newobj.Value)
            {
                MethodBase? called = null;
                try
                {
                    called = method.Module.ResolveMethod(
                        BitConverter.ToInt32(code, at + 1),
                        method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null,
                        method.IsGenericMethod ? method.GetGenericArguments() : null);
                }
                catch (Exception exception) when (exception is ArgumentException or BadImageFormatException)
                {
                    // No token.
                }

                if (called is not null)
                {
                    yield return called;
                }
            }
        }
    }
}
