using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using MLNetPerson.Files;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>
/// The README's section "More than one machine" on real schedulers: Debian's Slurm on one node, and GNU parallel. Starting them takes root
/// and minutes, so they run where MLNETPERSON_CLUSTER=1 says so; Kubernetes' manifests are held against its API's types always.
/// </summary>
public sealed partial class ClusterTests : IClassFixture<ExampleWorld>, IDisposable
{
    private const string Variable = "MLNETPERSON_CLUSTER";

    private readonly ExampleWorld _world;
    private readonly TempFolder _folder = new();

    public ClusterTests(ExampleWorld world) => _world = world;

    [SkippableFact]
    public void GNU_parallel_runs_the_readmes_lines_with_eight_jobs()
    {
        Needs("parallel");

        Run(Block("parallel --jobs 8"), "parallel");

        SamePackageAsOneShard("parallel");
    }

    [SkippableFact]
    public void Slurm_runs_the_readmes_lines_as_a_job_array_of_eight()
    {
        Needs("slurmctld", "slurmd", "munged", "sbatch");
        using var slurm = new SlurmNode(_folder["slurm"]);

        Run(Block("sbatch --parsable"), "slurm", slurm.Variables);

        var logs = Directory.GetFiles(_folder["slurm-work"], "features-*.log");
        Assert.Equal(8, logs.Length);
        Assert.Equal(
            Enumerable.Range(1, 8).Select(number => $"Shard {number}/8"),
            logs.Select(log => ShardLine().Match(File.ReadAllText(log)).Value).Order(StringComparer.Ordinal)
        );
        SamePackageAsOneShard("slurm");
    }

    [Theory, InlineData("features.yaml"), InlineData("retrain.yaml")]
    public void A_manifest_is_one_that_Kubernetes_API_knows(string file)
    {
        // Strict: a field that the API does not know is an error.
        var job = KubernetesYaml.Deserialize<V1Job>(File.ReadAllText(Repository.At($"models/cluster/{file}")), strict: true);

        Assert.Equal(("batch/v1", "Job"), (job.ApiVersion, job.Kind));
        var container = Assert.Single(job.Spec.Template.Spec.Containers);
        Assert.Equal("Never", job.Spec.Template.Spec.RestartPolicy);
        Assert.All(container.VolumeMounts, mount => Assert.Contains(job.Spec.Template.Spec.Volumes, volume => volume.Name == mount.Name));
        Assert.Empty(Program.Root().Parse([.. container.Args]).Errors);
    }

    [Fact]
    public void The_indexed_job_has_as_many_completions_as_shards()
    {
        var job = KubernetesYaml.Deserialize<V1Job>(File.ReadAllText(Repository.At("models/cluster/features.yaml")), strict: true);

        Assert.Equal("Indexed", job.Spec.CompletionMode);
        var count = job.Spec.Template.Spec.Containers[0].Env.Single(variable => variable.Name == Work.Shard.CountVariable).Value;
        Assert.Equal(job.Spec.Completions, int.Parse(count, CultureInfo.InvariantCulture));
        Assert.Equal(
            $"8/{count}",
            Work.Shard.Resolve(
                    null,
                    name =>
                        name == Work.Shard.CountVariable ? count
                        : name == "JOB_COMPLETION_INDEX" ? "7"
                        : null
                )
                .ToString()
        );
    }

    [Fact]
    public void A_manifest_with_a_field_that_there_is_not_would_be_noticed() =>
        Assert.ThrowsAny<Exception>(() =>
            KubernetesYaml.Deserialize<V1Job>(
                File.ReadAllText(Repository.At("models/cluster/features.yaml")).Replace("completionMode:", "completionKind:"),
                strict: true
            )
        );

    public void Dispose() => _folder.Dispose();

    private static void Needs(params string[] programs)
    {
        Skip.IfNot(
            Environment.GetEnvironmentVariable(Variable) == "1",
            $"starts a scheduler and takes minutes: set {Variable}=1 (Debian: apt-get install slurm-wlm munge parallel; Slurm needs root)"
        );
        foreach (var program in programs)
        {
            Assert.True(
                ProcessRunner.Run("bash", ["-c", $"command -v {program}"]).ExitCode == 0,
                $"there is no {program}: apt-get install slurm-wlm munge parallel"
            );
        }
    }

    /// <summary>A block of the README's section.</summary>
    private static string Block(string with)
    {
        var readme = File.ReadAllText(Repository.At("README.md"));
        var section = readme[readme.IndexOf("## More than one machine", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 5, StringComparison.Ordinal)];
        return Fence().Matches(section).Select(fence => fence.Groups["code"].Value).Single(code => code.Contains(with));
    }

    /// <summary>Runs a block in a folder with the example's pictures, with mlnetperson on the path as an installed tool is.</summary>
    private void Run(string block, string name, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var work = _folder[$"{name}-work"];
        Directory.CreateDirectory(work);
        TempFolder.Copy(_world.PicturesFolder, Path.Combine(work, "pictures"));
        Directory.CreateSymbolicLink(Path.Combine(work, "models"), Repository.At("models"));
        var tool = _folder.Write(
            "bin/mlnetperson",
            $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "MLNetPerson.Cli.dll")}' \"$@\"\n"
        );
        ProcessRunner.Run("chmod", ["755", tool]);
        var variables = new Dictionary<string, string?>(environment ?? ImmutableDictionary<string, string?>.Empty)
        {
            ["PATH"] = $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}",
            ["NO_COLOR"] = "1",
        };

        var outcome = ProcessRunner.Run("bash", ["-e", "-c", block], folder: work, environment: variables);

        Assert.True(outcome.ExitCode == 0, $"{block}\nended with {outcome.ExitCode}:\n{outcome.Error}{outcome.Output}\n{Logs(work)}");
    }

    private static string Logs(string work) =>
        string.Join('\n', Directory.GetFiles(work, "*.log").Concat(Directory.GetFiles(work, "*.out")).Select(File.ReadAllText));

    private void SamePackageAsOneShard(string name)
    {
        var files = Directory.GetFiles(_folder[$"{name}-work/shared"], "*.features");
        Run(
            "mlnetperson features pictures/labels.csv --cache shared --shard 1/1\n"
                + "mlnetperson retrain pictures/labels.csv --cache shared --out my-model",
            $"{name}-one"
        );

        // 36 pictures over eight shards: some shard may have none, most have some.
        Assert.InRange(files.Length, 6, 8);
        Assert.Equal(Snapshot(_folder[$"{name}-one-work/my-model"]), Snapshot(_folder[$"{name}-work/my-model"]));
    }

    private static ImmutableSortedDictionary<string, string> Snapshot(string folder) =>
        Directory
            .GetFiles(folder, "*", SearchOption.AllDirectories)
            .ToImmutableSortedDictionary(file => Path.GetRelativePath(folder, file), Sha256Text.OfFile, StringComparer.Ordinal);

    [GeneratedRegex("```sh\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"Shard \d/8")]
    private static partial Regex ShardLine();
}
