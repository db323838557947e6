using MLNetPerson.Testing;

namespace MLNetPerson.Tests.House;

/// <summary>A number in a README is made from a results file, never typed.</summary>
public sealed class ReadmeTests
{
    [
        Theory,
        InlineData("README.md"),
        InlineData("models/README.md"),
        InlineData("src/MLNetPerson.Training/Curation/README.md"),
        InlineData("src/MLNetPerson.MLNet/README.md"),
        InlineData("src/MLNetPerson.Hosting/README.md"),
        InlineData("src/MLNetPerson.Tuning/README.md"),
        InlineData("src/MLNetPerson/Streaming/README.md")
    ]
    public void Tables_are_those_of_the_results_files(string file)
    {
        var path = Repository.At(file);
        if (Environment.GetEnvironmentVariable("MLNETPERSON_WRITE_GOLDENS") == "1")
        {
            File.WriteAllText(path, ResultsTables.Fill(File.ReadAllText(path)));
        }

        Assert.Equal(ResultsTables.Fill(File.ReadAllText(path)), File.ReadAllText(path));
    }

    [Fact]
    public void The_two_commands_are_the_first_lines() =>
        Assert.StartsWith(
            "# MLNetPerson\n\n    dotnet run -c Release --project src/MLNetPerson.Cli -- demo\n    dotnet test -c Release\n",
            File.ReadAllText(Repository.At("README.md")).ReplaceLineEndings("\n")
        );
}
