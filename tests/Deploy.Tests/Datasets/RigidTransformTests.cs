using CsCheck;
using Deploy.Datasets;
using Xunit;

namespace Deploy.Tests.Datasets;

/// <summary>Laws that hold for every transform.</summary>
public sealed class RigidTransformTests
{
    private static readonly Gen<double> Part = Gen.Double[-5, 5];

    private static readonly Gen<RigidTransform> Transform = Gen.Select(Part, Part, Part, Gen.Select(Part, Part, Part, Part))
        .Where((_, _, _, q) => Math.Abs(q.Item1) + Math.Abs(q.Item2) + Math.Abs(q.Item3) + Math.Abs(q.Item4) > 0.1)
        .Select((x, y, z, q) => RigidTransform.From([x, y, z], [q.Item1, q.Item2, q.Item3, q.Item4]));

    [Fact]
    public void The_inverse_undoes_it() => Gen.Select(Transform, Part, Part, Part).Sample((t, x, y, z) =>
    {
        var there = t.Apply(x, y, z);
        var back = t.Inverse().Apply(there.X, there.Y, there.Z);
        return Near(back, (x, y, z));
    });

    [Fact]
    public void Joined_transforms_are_one_after_the_other() => Gen.Select(Transform, Transform, Part, Part).Sample((a, b, x, y) =>
    {
        var inner = b.Apply(x, y, 1);
        return Near(a.After(b).Apply(x, y, 1), a.Apply(inner.X, inner.Y, inner.Z));
    });

    [Fact]
    public void The_matrix_turns_as_the_quaternion_and_leads_back_to_it() => Gen.Select(Transform, Part, Part, Part).Sample((t, x, y, z) =>
    {
        var m = t.Matrix();
        var again = RigidTransform.FromMatrix([m[0], m[1], m[2], t.X, m[3], m[4], m[5], t.Y, m[6], m[7], m[8], t.Z, 0, 0, 0, 1]);
        var turned = ((m[0] * x) + (m[1] * y) + (m[2] * z), (m[3] * x) + (m[4] * y) + (m[5] * z), (m[6] * x) + (m[7] * y) + (m[8] * z));
        return Near(t.Rotate(x, y, z), turned) && Near(again.Apply(x, y, z), t.Apply(x, y, z));
    });

    private static bool Near((double X, double Y, double Z) a, (double X, double Y, double Z) b) =>
        Math.Abs(a.X - b.X) < 1e-9 && Math.Abs(a.Y - b.Y) < 1e-9 && Math.Abs(a.Z - b.Z) < 1e-9;
}
