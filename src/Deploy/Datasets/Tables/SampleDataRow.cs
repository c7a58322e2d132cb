namespace Deploy.Datasets.Tables;

/// <summary>A row of sample_data.json: one point file. The timestamp is in microseconds.</summary>
internal sealed record SampleDataRow(
    string Token, string SampleToken, string EgoPoseToken, string CalibratedSensorToken, string FileName, string Prev, long Timestamp, bool IsKeyFrame, TablePlace Place);
