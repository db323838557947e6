using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.MLNet.Serving;
using MLNetPerson.Prediction;

namespace MLNetPerson.MLNet.Tests.Serving;

public sealed class PersonPredictionEnginePoolTests : IDisposable
{
    private readonly PicturesWorld _world = PicturesWorld.Of(24);
    private readonly string _zip;
    private readonly string[] _files;

    public PersonPredictionEnginePoolTests()
    {
        _zip = _world.World["served.zip"];
        _files = [.. _world.World.Dataset.Samples.Select(sample => sample.Path)];
    }

    [Fact]
    public void A_host_gets_one_pool_that_answers()
    {
        using var engine = new PersonPredictionEngine(_world.Ml, Save(l2: 0.01));
        using var services = new ServiceCollection().AddPersonPredictionEnginePool(_zip).BuildServiceProvider();
        var pool = services.GetRequiredService<PersonPredictionEnginePool>();

        Assert.Same(pool, services.GetRequiredService<PersonPredictionEnginePool>());
        Parallel.ForEach(
            _files,
            file =>
            {
                Assert.Equal(engine.Predict(file), pool.Predict(file));
                Assert.Equal(engine.Predict(file), pool.Predict(File.ReadAllBytes(file)));
            }
        );
    }

    [Fact]
    public void Several_models_are_asked_by_name()
    {
        Save(l2: 0.01);
        _world.World.Retrain();
        using var classifier = PersonClassifier.Load(_world.World.PackagePath);
        using var services = new ServiceCollection()
            .AddPersonPredictionEnginePool(options => options.FromPath("zip", _zip).FromPath("package", _world.World.PackagePath))
            .BuildServiceProvider();
        var pool = services.GetRequiredService<PersonPredictionEnginePool>();

        Assert.Equal(classifier.Predict(_files[0]), pool.Predict(_files[0], "package"));
        Assert.NotEqual(pool.Predict(_files[0], "zip"), pool.Predict(_files[0], "package"));
        Assert.StartsWith(
            "There is no model '' in the pool; there are ",
            Assert.Throws<ArgumentException>(() => pool.Predict(_files[0])).Message
        );
    }

    [Fact]
    public async Task A_new_file_is_taken_up_while_threads_ask_and_every_answer_is_of_one_of_the_models()
    {
        using var first = new PersonPredictionEngine(_world.Ml, Save(l2: 0.01));
        using var pool = new PersonPredictionEnginePool(
            new PersonEnginePoolOptions { WatchInterval = TimeSpan.FromMilliseconds(20) }.FromPath(_zip)
        );
        var before = _files.Select(file => first.Predict(file)).ToArray();
        var answers = new ConcurrentBag<(int File, PersonPrediction Answer)>();
        using var stop = new CancellationTokenSource();
        var askers = Enumerable
            .Range(0, 4)
            .Select(thread =>
                Task.Run(() =>
                {
                    for (var i = thread; !stop.IsCancellationRequested; i++)
                    {
                        answers.Add((i % _files.Length, pool.Predict(_files[i % _files.Length])));
                    }
                })
            )
            .ToArray();

        using var second = new PersonPredictionEngine(_world.Ml, Save(l2: 10));
        var after = _files.Select(file => second.Predict(file)).ToArray();
        Assert.True(
            SpinWait.SpinUntil(() => pool.Predict(_files[0]) == after[0], TimeSpan.FromSeconds(30)),
            "the new model was not taken up"
        );
        await stop.CancelAsync();
        await Task.WhenAll(askers);

        Assert.NotEqual(before[0], after[0]);
        Assert.All(answers, answer => Assert.Contains(answer.Answer, new[] { before[answer.File], after[answer.File] }));
        Assert.All(Enumerable.Range(0, _files.Length), i => Assert.Equal(after[i], pool.Predict(_files[i])));
    }

    [Fact]
    public void A_file_that_cannot_be_loaded_leaves_the_old_model_and_is_logged_and_the_next_good_one_is_taken()
    {
        using var first = new PersonPredictionEngine(_world.Ml, Save(l2: 0.01));
        var log = new Log();
        using var pool = new PersonPredictionEnginePool(new PersonEnginePoolOptions { WatchInterval = TimeSpan.Zero }.FromPath(_zip), log);
        var whole = File.ReadAllBytes(_zip);

        File.WriteAllBytes(_zip, whole[..(whole.Length / 2)]);
        Assert.Empty(pool.Refresh());
        Assert.Equal(first.Predict(_files[0]), pool.Predict(_files[0]));
        Assert.Contains(
            log.Lines,
            line =>
                line.StartsWith(
                    "Error Model 'default' has changed on disk but cannot be loaded; the one before goes on answering. '" + _zip,
                    StringComparison.Ordinal
                )
        );

        File.Delete(_zip);
        Assert.Empty(pool.Refresh());

        using var second = new PersonPredictionEngine(_world.Ml, Save(l2: 10));
        Assert.Equal([""], pool.Refresh());
        Assert.Empty(pool.Refresh());
        Assert.Equal(second.Predict(_files[0]), pool.Predict(_files[0]));
    }

    [Fact]
    public void A_package_that_is_retrained_is_taken_up()
    {
        _world.World.Retrain();
        using var pool = new PersonPredictionEnginePool(
            new PersonEnginePoolOptions { WatchInterval = TimeSpan.Zero }.FromPath(_world.World.PackagePath)
        );
        var before = pool.Predict(_files[0]);

        _world.World.Retrain(
            _world.World.Options with
            {
                Recipe = _world.World.Recipe with { Head = _world.World.Recipe.Head with { L2 = [30] } },
            }
        );

        Assert.Equal([""], pool.Refresh());
        using var classifier = PersonClassifier.Load(_world.World.PackagePath);
        Assert.Equal(classifier.Predict(_files[0]), pool.Predict(_files[0]));
        Assert.NotEqual(before, pool.Predict(_files[0]));
    }

    [Fact]
    public void A_pool_of_mlnets_own_engines_serves_our_zips_too()
    {
        using var engine = new PersonPredictionEngine(_world.Ml, Save(l2: 0.01));
        var pool = new DefaultObjectPoolProvider().Create(new EnginePolicy(_zip));

        Parallel.ForEach(
            _files,
            file =>
            {
                var theirs = pool.Get();
                try
                {
                    Assert.Equal(engine.Predict(file).Probability, theirs.Predict(new PictureRow { ImagePath = file }).Probability);
                }
                finally
                {
                    pool.Return(theirs);
                }
            }
        );
        (pool as IDisposable)?.Dispose();
    }

    [Fact]
    public void A_disposed_pool_says_so()
    {
        Save(l2: 0.01);
        var pool = new PersonPredictionEnginePool(new PersonEnginePoolOptions().FromPath(_zip));
        pool.Dispose();
        pool.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pool.Predict(_files[0]));
    }

    [Fact]
    public void A_pool_without_a_model_is_refused() =>
        Assert.StartsWith(
            "The pool needs at least one model (FromPath)",
            Assert.Throws<ArgumentException>(() => new PersonPredictionEnginePool(new PersonEnginePoolOptions())).Message
        );

    public void Dispose() => _world.Dispose();

    private ITransformer Save(double l2)
    {
        var model = _world.Ml.PersonPipeline(_world.Options with { L2 = l2 }).Fit(_world.Data);
        _world.Ml.Model.Save(model, _world.Data.Schema, _zip + ".new");
        File.Move(_zip + ".new", _zip, overwrite: true);
        return model;
    }

    /// <summary>What ASP.NET applications do with ML.NET's engines, which are for one thread at a time: one model, an engine for each
    /// caller.</summary>
    private sealed class EnginePolicy(string zip) : PooledObjectPolicy<PredictionEngine<PictureRow, PersonScore>>
    {
        private readonly MLContext _ml = new();
        private readonly Lock _loading = new();
        private ITransformer? _model;

        public override PredictionEngine<PictureRow, PersonScore> Create()
        {
            lock (_loading)
            {
                _model ??= _ml.Model.Load(zip, out _);
                return _ml.Model.CreatePredictionEngine<PictureRow, PersonScore>(
                    _model,
                    new PredictionEngineOptions { OwnsTransformer = false }
                );
            }
        }

        public override bool Return(PredictionEngine<PictureRow, PersonScore> obj) => true;
    }

    private sealed class Log : ILogger<PersonPredictionEnginePool>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add($"{logLevel} {formatter(state, exception)}");
    }
}
