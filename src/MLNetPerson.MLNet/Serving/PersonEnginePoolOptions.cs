namespace MLNetPerson.MLNet.Serving;

/// <summary>Which models a pool serves, and how it watches them.</summary>
public sealed class PersonEnginePoolOptions
{
    /// <summary>The name that stands for no name.</summary>
    public const string DefaultModel = "";

    /// <summary>Models by name: zips that <c>mlContext.Model.Save</c> wrote, or folders of packages. At least one.</summary>
    public IDictionary<string, string> Models { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How often models on disk are looked at; <see cref="TimeSpan.Zero"/> for never.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How engines ask their models.</summary>
    public PersonEngineOptions Engine { get; set; } = new();

    /// <summary>Adds the model that is asked where no name is given.</summary>
    /// <param name="path">A zip or a package's folder.</param>
    public PersonEnginePoolOptions FromPath(string path) => FromPath(DefaultModel, path);

    /// <summary>Adds a model by name.</summary>
    /// <param name="name">What callers call it.</param>
    /// <param name="path">A zip or a package's folder.</param>
    public PersonEnginePoolOptions FromPath(string name, string path)
    {
        Models[name] = path;
        return this;
    }
}
