using System.Collections.Immutable;
using MLNetPerson.Images;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Import;
using MLNetPerson.Tuning.Batches;

namespace MLNetPerson.Tuning.Tests.Batches;

public sealed class BatchTests
{
    private static readonly ImageSpec Spec = new(32, 32);

    [Fact]
    public void The_same_seed_epoch_and_place_give_the_same_bytes_whatever_came_before()
    {
        using var world = new TinyWorld();
        var pictures = Pictures(world);
        var options = new BatchOptions
        {
            Size = 8,
            Seed = 5,
            Augmentation = new AugmentationOptions
            {
                Jpeg = 0.5,
                LowLight = 0.3,
                Infrared = 0.3,
                Blur = 0.5,
                Mixup = 0.4,
            },
        };
        var all = new BatchSource(pictures, options).Epoch(2, 0, Spec, default).ToList();
        var rest = new BatchSource(pictures, options).Epoch(2, 3, Spec, default).ToList();

        Assert.Equal(5, all.Count);
        Assert.Equal(2, rest.Count);
        Assert.Equal(all[3].Pixels, rest[0].Pixels);
        Assert.Equal(all[4].Targets, rest[1].Targets);
        Assert.NotEqual(all[0].Pixels, new BatchSource(pictures, options).Epoch(3, 0, Spec, default).First().Pixels);
        Assert.Equal(40, all.SelectMany(batch => batch.Pictures).Distinct().Count());
    }

    [Fact]
    public void Without_variations_a_batch_has_the_pixels_that_prediction_sees()
    {
        using var world = new TinyWorld(4);
        var pictures = Pictures(world);
        var batch = new BatchSource(pictures, new BatchOptions { Size = 4, Augmentation = AugmentationOptions.None })
            .Epoch(0, 0, Spec, default)
            .Single();

        for (var i = 0; i < 4; i++)
        {
            var expected = new byte[Spec.ByteCount];
            var reader = new ImageReader();
            reader.ReadResized(reader.ReadBytes(pictures[batch.Pictures[i]].Sample.Path), Spec, expected);
            Assert.Equal(expected, batch.Pixels[(i * Spec.ByteCount)..((i + 1) * Spec.ByteCount)]);
            Assert.Equal(pictures[batch.Pictures[i]].Sample.IsPerson ? 1 : 0, batch.Targets[i]);
        }
    }

    [Fact]
    public void A_stored_answer_and_smoothing_are_mixed_into_the_target()
    {
        using var world = new TinyWorld(2);
        ImmutableArray<TrainingPicture> pictures = [.. Pictures(world).Select(picture => picture with { Soft = 0.4, Weight = 3 })];
        var batch = new BatchSource(
            pictures,
            new BatchOptions
            {
                Size = 2,
                Augmentation = AugmentationOptions.None,
                LabelSmoothing = 0.1,
                TeacherShare = 0.5,
            }
        ).Epoch(0, 0, Spec, default).Single();

        Assert.All(
            batch.Pictures.Zip(batch.Targets),
            pair => Assert.Equal(pictures[pair.First].Sample.IsPerson ? 0.65 : 0.25, pair.Second, 1e-6)
        );
        Assert.All(batch.Weights, weight => Assert.Equal(3, weight));
    }

    [Fact]
    public void A_picture_that_cannot_be_decoded_ends_the_epoch_with_its_name()
    {
        using var world = new TinyWorld(4);
        world.Write("pictures/person/000.png", "not a picture");
        var source = new BatchSource(Pictures(world), new BatchOptions { Size = 4 });

        var error = Assert.Throws<ImageException>(() => source.Epoch(0, 0, Spec, default).ToList());

        Assert.Contains("person/000.png", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, 0.0, 1.0, 1.0, true)] // all of it
    [InlineData(0.5, 0.0, 0.5, 1.0, false)] // nobody is touched
    [InlineData(0.25, 0.0, 0.5, 1.0, null)] // a quarter of the person: who knows
    [InlineData(0.1, 0.0, 0.9, 1.0, true)] // more than half of it
    public void A_crop_is_labelled_by_what_is_left_of_the_persons(double left, double top, double width, double height, bool? expected)
    {
        ImmutableArray<RelativeBox> boxes = [new(0.0, 0.2, 0.3, 0.6)];

        Assert.Equal(expected, CropLabel.Of(true, boxes, new RelativeBox(left, top, width, height), 1, new LabelRule()));
    }

    [Fact]
    public void Crops_of_nobody_stay_nobody_and_of_persons_without_boxes_say_nothing()
    {
        var crop = new RelativeBox(0.2, 0.2, 0.7, 0.7);

        Assert.False(CropLabel.Of(false, [], crop, 1, new LabelRule()));
        Assert.Null(CropLabel.Of(true, null, crop, 1, new LabelRule()));
        Assert.True(CropLabel.Of(true, null, RelativeBox.Whole, 1, new LabelRule()));
    }

    [Fact]
    public void A_small_person_is_lost_when_the_picture_shrinks_enough()
    {
        ImmutableArray<RelativeBox> boxes = [new(0.4, 0.4, 0.1, 0.1)]; // 1 % of the picture

        Assert.True(CropLabel.Of(true, boxes, RelativeBox.Whole, 0.6, new LabelRule()));
        Assert.Null(CropLabel.Of(true, boxes, RelativeBox.Whole, 0.4, new LabelRule()));
    }

    [Fact]
    public void Boxes_are_read_from_a_datasets_columns_and_a_faulty_one_is_named()
    {
        var sample = Sample("10 20 30 40;0 0 100 50");

        Assert.Equal(
            [new RelativeBox(0.1, 0.1, 0.3, 0.2), new RelativeBox(0, 0, 1, 0.25)],
            TrainingPicture.Of(sample).Boxes!.Value.ToArray()
        );
        Assert.Null(TrainingPicture.Of(Sample("")).Boxes);
        Assert.Equal(
            "'a.jpg': '1 2 x 4' in column 'person_boxes' is no box; 'x y w h' in pixels is expected, boxes separated by ';'.",
            Assert.Throws<DatasetException>(() => TrainingPicture.Of(Sample("1 2 x 4"))).Message
        );

        static Sample Sample(string boxes) =>
            new()
            {
                File = "a.jpg",
                Path = "/a.jpg",
                IsPerson = true,
                Attributes = ImmutableSortedDictionary<string, string>
                    .Empty.Add("person_boxes", boxes)
                    .Add("width", "100")
                    .Add("height", "200"),
            };
    }

    [Fact]
    public void Mirroring_twice_gives_the_picture_back_and_once_turns_it_round()
    {
        var spec = new ImageSpec(5, 2);
        var pixels = Enumerable.Range(0, spec.ByteCount).Select(i => (byte)i).ToArray();
        var mirrored = (byte[])pixels.Clone();

        PixelEffects.Mirror(mirrored, spec);

        Assert.Equal(pixels[12..15], mirrored[0..3]);
        PixelEffects.Mirror(mirrored, spec);
        Assert.Equal(pixels, mirrored);
    }

    [Fact]
    public void Tone_agrees_with_its_formula()
    {
        byte[] pixels = [10, 200, 90, 60];

        PixelEffects.Tone(pixels, brightness: 1.2, contrast: 0.5);

        Assert.Equal([.. new[] { 10, 200, 90, 60 }.Select(value => (byte)(((((value - 90) * 0.5) + 90) * 1.2) + 0.5))], pixels);
    }

    [Fact]
    public void Grey_pictures_have_three_equal_channels()
    {
        byte[] pixels = [250, 10, 30, 0, 255, 128];

        PixelEffects.Saturate(pixels, 0);

        Assert.Equal([pixels[0], pixels[0], pixels[0], pixels[3], pixels[3], pixels[3]], pixels);
    }

    [Fact]
    public void Faults_of_all_options_come_in_one_message() =>
        Assert.Equal(
            "'augmentation.flip' is 2, outside 0 to 1; 'augmentation.smallestCrop' is 0, outside 0.05 to 1",
            new AugmentationOptions { Flip = 2, SmallestCrop = 0 }.Fault()
        );

    [Fact]
    public void A_persons_box_follows_crop_place_and_mirror()
    {
        // Drawn until each kind has been seen: what the box covers before is what it covers after.
        const int Seed = 17;
        var image = new RgbImage(100, 100, new byte[30_000]);
        var box = new RelativeBox(0.3, 0.4, 0.2, 0.2);
        for (var y = 40; y < 60; y++)
        {
            image.Pixels.AsSpan(((y * 100) + 30) * 3, 60).Fill(255);
        }

        var picture = new TrainingPicture(
            new Sample
            {
                File = "x",
                Path = "x",
                IsPerson = true,
            },
            [box]
        );
        var options = AugmentationOptions.None with { Flip = 0.5, SmallestCrop = 0.4, ZoomOut = 0.4, LargestAspect = 1.3 };
        var spec = new ImageSpec(100, 100);
        for (var item = 0; item < 60; item++)
        {
            var dice = new Dice(Seed, 0, item);
            var drawn = Augmentation.Draw(ref dice, options, picture, new LabelRule());
            var pixels = new byte[spec.ByteCount];
            drawn.Render(image, spec, pixels);
            var seen = drawn.Seen(box);
            var (x, y) = ((int)((seen.Left + (seen.Width / 2)) * 100), (int)((seen.Top + (seen.Height / 2)) * 100));
            Assert.True(pixels[((y * 100) + x) * 3] > 200, $"seed {Seed}, item {item}: the person's middle is dark under {drawn}");
        }
    }

    private static ImmutableArray<TrainingPicture> Pictures(TinyWorld world) =>
        [.. world.Dataset.Samples.Select(sample => TrainingPicture.Of(sample))];
}
