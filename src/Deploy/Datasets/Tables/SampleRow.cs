namespace Deploy.Datasets.Tables;

/// <summary>A row of sample.json: a moment with labels. The timestamp is in microseconds.</summary>
internal sealed record SampleRow(string Token, string SceneToken, string Next, long Timestamp, TablePlace Place);
