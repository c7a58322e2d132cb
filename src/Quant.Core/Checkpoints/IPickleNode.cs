namespace Quant.Core.Checkpoints;

/// <summary>A container as the depth check sees it.</summary>
internal interface IPickleNode
{
    /// <summary>0 unseen, -1 on the path, else the longest way down.</summary>
    int Height { get; set; }

    /// <summary>Number of children.</summary>
    int ChildCount { get; }

    /// <summary>A child by number.</summary>
    object? Child(int index);
}
