namespace Deploy.Gates;

/// <summary>Whose workflow commands to write.</summary>
public enum AnnotationStyle
{
    /// <summary>GitHub Actions: <c>::error …</c>.</summary>
    GitHub,

    /// <summary>Azure Pipelines: <c>##vso[task.logissue …]</c>.</summary>
    Azure,
}
