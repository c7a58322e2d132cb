namespace Cake.Frosting;

/// <summary>The build program itself is put together wrongly.</summary>
public sealed class FrostingException : Exception
{
    /// <summary>Creates the exception.</summary>
    public FrostingException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public FrostingException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public FrostingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
