namespace MLNetPerson.Testing;

/// <summary>The photographs for development, which are not part of the repository. Tests skip, saying so, where they are not
/// there.</summary>
public static class TestData
{
    private const string Variable = "MLNETPERSON_DATA";

    public static string At(string path)
    {
        var root = Environment.GetEnvironmentVariable(Variable);
        Skip.If(string.IsNullOrEmpty(root), $"{Variable} is not set: it names the folder with voc2007/ and fairness540/.");
        var full = Path.GetFullPath(Path.Combine(root!, path));
        Skip.IfNot(File.Exists(full) || Directory.Exists(full), $"{Variable} is set, but there is no '{full}'.");
        return full;
    }
}
