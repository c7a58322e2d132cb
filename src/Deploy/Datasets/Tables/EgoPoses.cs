namespace Deploy.Datasets.Tables;

/// <summary>From the vehicle into the world at the moments that are needed (ego_pose.json has one row for every sensor's every file).</summary>
internal static class EgoPoses
{
    /// <exception cref="Quant.Core.Diagnostics.QuantException">QNT0803 … QNT0805.</exception>
    public static IReadOnlyDictionary<string, RigidTransform> Read(TableFolder folder, IReadOnlyCollection<SampleDataRow> needed)
    {
        var tokens = needed.Select(row => row.EgoPoseToken).ToHashSet(StringComparer.Ordinal);
        var poses = new Dictionary<string, RigidTransform>(tokens.Count, StringComparer.Ordinal);
        TableFile.Read(folder.Path("ego_pose"), row =>
        {
            if (row.Text("token") is var token && tokens.Contains(token))
            {
                poses[token] = row.Pose();
            }
        });

        return needed.FirstOrDefault(row => !poses.ContainsKey(row.EgoPoseToken)) is { } lost
            ? throw Dangling.Error("ego_pose_token", lost.EgoPoseToken, "ego_pose", lost.Place)
            : poses;
    }
}
