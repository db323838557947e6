using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MLNetPerson.Packaging;
using MLNetPerson.Prediction;
using MLNetPerson.Serving;
using MLNetPerson.Testing;

namespace MLNetPerson.Hosting.Tests;

public sealed class AddPersonClassifierTests : IClassFixture<TrainedWorld>, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TrainedWorld _trained;

    public AddPersonClassifierTests(TrainedWorld trained) => _trained = trained;

    [Fact]
    public async Task A_host_gets_one_classifier_that_answers()
    {
        using var host = await Start(services => services.AddPersonClassifier(_trained.Package));
        var classifier = host.Services.GetRequiredService<IPersonClassifier>();
        using var own = PersonClassifier.Load(_trained.Package);

        Assert.Same(classifier, host.Services.GetRequiredService<ServedClassifier>());
        Assert.Equal(own.Predict(_trained.Picture), await classifier.PredictAsync(_trained.Picture));
    }

    [Fact]
    public async Task Options_come_from_the_hosts_configuration()
    {
        using var host = await Start(services =>
            services.AddPersonClassifier(
                Configuration(("Package", _trained.Package), ("QueueLimit", "7"), ("WatchInterval", "00:00:00"), ("MaxBatch", "2"))
            )
        );

        Assert.Equal(7, host.Services.GetRequiredService<IOptions<ServingOptions>>().Value.QueueLimit);
        Assert.Equal(2, host.Services.GetRequiredService<ServedClassifier>().Status.Batch.Size);
    }

    [Fact]
    public async Task A_host_with_wrong_options_does_not_start_and_says_all_that_is_wrong()
    {
        var fault = (
            await Assert.ThrowsAsync<OptionsValidationException>(() =>
                Start(services => services.AddPersonClassifier(options => (options.QueueLimit, options.Workers) = (0, -1)))
            )
        ).Message;

        Assert.StartsWith("Options of the person classifier: Package names no folder", fault);
        Assert.Contains("Workers is -1", fault);
        Assert.Contains("QueueLimit is 0", fault);
        Assert.Contains(
            "'Queuelimt'",
            (
                await Assert.ThrowsAsync<InvalidOperationException>(() =>
                    Start(services => services.AddPersonClassifier(Configuration(("Package", _trained.Package), ("Queuelimt", "7"))))
                )
            ).ToString()
        );
    }

    [Fact]
    public async Task A_host_without_its_package_does_not_start() =>
        Assert.StartsWith(
            "There is no folder 'no/such'.",
            (await Assert.ThrowsAsync<PackageException>(() => Start(services => services.AddPersonClassifier("no/such")))).Message
        );

    [Fact]
    public async Task Several_packages_are_asked_for_by_name()
    {
        using var host = await Start(services =>
            services
                .AddKeyedPersonClassifier("doors", options => options.Package = _trained.Package)
                .AddKeyedPersonClassifier("yard", options => (options.Package, options.MaxBatch) = (_trained.Package, 3))
        );

        var (doors, yard) = (
            host.Services.GetRequiredKeyedService<ServedClassifier>("doors"),
            host.Services.GetRequiredKeyedService<ServedClassifier>("yard")
        );
        Assert.NotSame(doors, yard);
        Assert.Equal(3, yard.Status.Batch.Size);
        Assert.Equal(
            await doors.PredictAsync(_trained.Picture),
            await host.Services.GetRequiredKeyedService<IPersonClassifier>("yard").PredictAsync(_trained.Picture)
        );
        Assert.Equal(["person-doors", "person-yard"], (await Health(host)).Entries.Keys.Order());
    }

    [Fact]
    public async Task Health_and_log_tell_of_a_package_that_was_refused_and_of_a_folder_that_is_gone()
    {
        _trained.CopyTo(_folder["served"]);
        var log = new ConcurrentQueue<string>();
        using var host = await Start(
            services =>
                services.AddPersonClassifier(options =>
                    (options.Package, options.WatchInterval) = (_folder["served"], TimeSpan.FromMilliseconds(10))
                ),
            log
        );
        var healthy = await Health(host);
        Assert.Equal(HealthStatus.Healthy, healthy.Status);
        Assert.Equal("float32", healthy.Entries["person"].Data["encoding"]);

        File.WriteAllText(Path.Combine(_folder["served"], "manifest.json"), "{}");
        await Until(async () => (await Health(host)).Status == HealthStatus.Degraded);
        Assert.Contains("The package from before goes on answering.", (await Health(host)).Entries["person"].Description);

        Directory.Delete(_folder["served"], recursive: true);
        await Until(async () => (await Health(host)).Entries["person"].Description!.Contains("It is not there any more."));

        _trained.CopyTo(_folder["served"]);
        await Until(async () => (await Health(host)).Status == HealthStatus.Healthy);
        Assert.Contains(log, line => line.StartsWith("Information Package pictures-tiny from", StringComparison.Ordinal));
        // Refused and gone are told once each, however often the folder is looked at; a half-copied package may be refused for each of its
        // files.
        Assert.InRange(log.Count(line => line.StartsWith("Error The package in", StringComparison.Ordinal)), 2, 12);
    }

    [Fact]
    public async Task A_classifier_that_does_not_answer_is_unhealthy()
    {
        using var host = await Start(services => services.AddPersonClassifier(_trained.Package));
        host.Services.GetRequiredService<ServedClassifier>().Dispose();

        Assert.Equal(HealthStatus.Unhealthy, (await Health(host)).Status);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<IHost> Start(Action<IServiceCollection> configure, ConcurrentQueue<string>? log = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new QueueLogger(log ?? []));
        configure(builder.Services);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(value => new KeyValuePair<string, string?>(value.Key, value.Value)))
            .Build();

    private static Task<HealthReport> Health(IHost host) => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private static async Task Until(Func<Task<bool>> condition)
    {
        for (var tries = 0; !await condition(); tries++)
        {
            Assert.True(tries < 1000, "it did not come to pass");
            await Task.Delay(10);
        }
    }

    private sealed class QueueLogger(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => log.Enqueue($"{logLevel} {formatter(state, exception)}");

        public void Dispose() { }
    }
}
