using System.Reflection;
using Cake.Core;

namespace Cake.Frosting;

/// <summary>Hands task classes and their attributes to Cake's engine.</summary>
internal static class TaskRegistration
{
    /// <exception cref="FrostingException">A task asks for another context type, or names a class that is no task.</exception>
    public static void Register(ICakeEngine engine, IFrostingContext context, IReadOnlyList<IFrostingTask> tasks)
    {
        var problems = tasks.SelectMany(task => Problems(task.GetType(), context.GetType())).ToList();
        if (problems is not [])
        {
            throw new FrostingException(string.Join(Environment.NewLine, problems));
        }

        foreach (var task in tasks)
        {
            Register(engine, task);
        }
    }

    private static void Register(ICakeEngine engine, IFrostingTask task)
    {
        var type = task.GetType();
        var builder = engine.RegisterTask(NameOf(type));
        if (type.GetCustomAttribute<TaskDescriptionAttribute>() is { } description)
        {
            builder.Description(description.Description);
        }

        foreach (var dependency in type.GetCustomAttributes<IsDependentOnAttribute>())
        {
            builder.IsDependentOn(NameOf(dependency.Task));
        }

        foreach (var dependee in type.GetCustomAttributes<IsDependeeOfAttribute>())
        {
            builder.IsDependeeOf(NameOf(dependee.Task));
        }

        if (type.IsDefined(typeof(ContinueOnErrorAttribute)))
        {
            builder.ContinueOnError();
        }

        AddHandlers(builder, task, type);
    }

    // Only what a class overrides is handed on: an error handler, even an empty one, would swallow the error.
    private static void AddHandlers(CakeTaskBuilder builder, IFrostingTask task, Type type)
    {
        if (Overrides(type, "Run") || Overrides(type, nameof(IFrostingTask.RunAsync)))
        {
            builder.Does(task.RunAsync);
        }

        if (Overrides(type, nameof(IFrostingTask.ShouldRun)))
        {
            builder.WithCriteria(task.ShouldRun, task.SkippedMessage);
        }

        if (Overrides(type, nameof(IFrostingTask.OnError)))
        {
            builder.OnError((error, context) => task.OnError(error, context));
        }

        if (Overrides(type, nameof(IFrostingTask.Finally)))
        {
            builder.Finally(task.Finally);
        }
    }

    private static string NameOf(Type task) => task.GetCustomAttribute<TaskNameAttribute>()?.Name ?? task.Name;

    private static bool Overrides(Type task, string method) =>
        BaseOf(task) is not { } @base
        || task.GetMethods().Any(candidate => candidate.Name == method && candidate.DeclaringType != @base && candidate.GetBaseDefinition().DeclaringType == @base);

    private static Type? BaseOf(Type task)
    {
        for (var type = task; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() is { } definition
                && (definition == typeof(FrostingTask<>) || definition == typeof(AsyncFrostingTask<>)))
            {
                return type;
            }
        }

        return null;
    }

    private static IEnumerable<string> Problems(Type task, Type context)
    {
        if (BaseOf(task)?.GenericTypeArguments[0] is { } wanted && !context.IsAssignableTo(wanted))
        {
            yield return $"The task '{NameOf(task)}' asks for the context {wanted.Name}, but the build's context is {context.Name}.";
        }

        var named = task.GetCustomAttributes<IsDependentOnAttribute>().Select(attribute => attribute.Task)
            .Concat(task.GetCustomAttributes<IsDependeeOfAttribute>().Select(attribute => attribute.Task));
        foreach (var type in named.Where(type => !type.IsAssignableTo(typeof(IFrostingTask))))
        {
            yield return $"The task '{NameOf(task)}' names {type.Name} as a dependency, which is no task.";
        }
    }
}
