namespace Deploy.Configuration.Awml;

/// <summary>What becomes of a key that only the training framework's configs have.</summary>
internal enum AwmlUse
{
    /// <summary>Accepted whatever it holds: it does not matter at inference.</summary>
    Unread,

    /// <summary>Accepted with the values that are implemented, refused with any other.</summary>
    Fixed,

    /// <summary>Repeats something said elsewhere, and must agree with it.</summary>
    Checked,

    /// <summary>A mapping that holds such keys.</summary>
    Section,
}
