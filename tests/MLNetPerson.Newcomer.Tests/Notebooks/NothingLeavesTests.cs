using System.Text.Json;
using MLNetPerson.Testing;

namespace MLNetPerson.Newcomer.Tests.Notebooks;

/// <summary>"Nothing leaves the machine", from a notebook either.</summary>
public sealed class NothingLeavesTests
{
    [Fact]
    public void A_notebook_leaves_nothing_of_the_telemetry_in_an_empty_home()
    {
        using var home = new EmptyHome();

        Predict(home.Environment());

        Assert.Empty(home.OfTelemetry());
    }

    /// <summary>The counter-check: the same notebook with the telemetry left on writes what the test above looks for.</summary>
    [SkippableFact]
    public void It_is_left_on_where_somebody_asks_for_it()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "ONNX Runtime's telemetry writes below the home directory on Linux.");
        using var home = new EmptyHome();

        Predict(home.Environment(telemetry: true));

        Assert.Contains(home.OfTelemetry(), entry => entry.EndsWith("/deviceid", StringComparison.Ordinal));
    }

    /// <summary>The first cell of the first notebook.</summary>
    private static void Predict(IReadOnlyDictionary<string, string?> environment)
    {
        using var folder = new TempFolder();
        string[] lines =
        [
            $"#r \"{Path.Combine(Product.Folder, "MLNetPerson.dll")}\"\n",
            "using MLNetPerson;\n",
            $"var classifier = PersonClassifier.Load(\"{Product.ReadyModel}\");\n",
            $"Console.WriteLine(classifier.Predict(\"{Path.Combine(Product.ReadyModel, "golden", "high.png")}\").Probability > 0);",
        ];
        var cell = new
        {
            cell_type = "code",
            execution_count = 1,
            id = "a",
            metadata = new { },
            outputs = Array.Empty<object>(),
            source = lines,
        };
        var notebook = folder.Write(
            "predict.ipynb",
            JsonSerializer.Serialize(
                new
                {
                    cells = new[] { cell },
                    metadata = new { },
                    nbformat = 4,
                    nbformat_minor = 5,
                }
            )
        );

        var outcome = ProcessRunner.Run(
            "dotnet",
            [
                Repository.At($"tests/MLNetPerson.Notebooks/bin/{Product.Configuration}/net10.0/MLNetPerson.Notebooks.dll"),
                "--write",
                notebook,
            ],
            environment: environment
        );

        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.Contains("True", File.ReadAllText(notebook));
    }
}
