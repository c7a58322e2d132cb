namespace Quant.Core.Checkpoints;

/// <summary>
/// Refuses results that contain themselves or nest too deeply, so that readers may walk them recursively.
/// The check itself keeps its path on the heap and visits each container once, however often it is shared.
/// </summary>
internal static class PickleDepth
{
    public static void Check(object? root, int limit, PickleErrors errors)
    {
        var path = new List<(IPickleNode Node, int Next)>();
        Enter(root, path, limit, errors);
        while (path.Count > 0)
        {
            var (node, next) = path[^1];
            if (next < node.ChildCount)
            {
                path[^1] = (node, next + 1);
                Enter(node.Child(next), path, limit, errors);
                continue;
            }

            path.RemoveAt(path.Count - 1);
            node.Height = 1;
            for (var index = 0; index < node.ChildCount; index++)
            {
                if (node.Child(index) is IPickleNode child)
                {
                    node.Height = Math.Max(node.Height, child.Height + 1);
                }
            }
        }
    }

    private static void Enter(object? value, List<(IPickleNode Node, int Next)> path, int limit, PickleErrors errors)
    {
        if (value is not IPickleNode node)
        {
            return;
        }

        if (node.Height < 0)
        {
            throw errors.TooLarge("holds a container that contains itself");
        }

        if (path.Count + Math.Max(1, node.Height) > limit)
        {
            throw errors.TooLarge($"nests containers more than {limit} deep");
        }

        if (node.Height == 0)
        {
            node.Height = -1;
            path.Add((node, 0));
        }
    }
}
