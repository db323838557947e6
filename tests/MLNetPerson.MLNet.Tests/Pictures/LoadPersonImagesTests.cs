using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLNetPerson.Images;
using MLNetPerson.MLNet.Pictures;
using MLNetPerson.Testing;

namespace MLNetPerson.MLNet.Tests.Pictures;

public sealed class LoadPersonImagesTests : IDisposable
{
    private readonly PicturesWorld _world = PicturesWorld.Of(12);

    private MLContext Ml => _world.Ml;

    [Fact]
    public void It_keeps_the_contract_of_estimators_with_paths() =>
        EstimatorContract.Check(Ml, _world.LoadImages(), _world.Data, Ml.Data.LoadFromEnumerable([new { ImagePath = 3f }]));

    [Fact]
    public void It_keeps_the_contract_of_estimators_with_bytes()
    {
        var data = Ml.Data.LoadFromEnumerable(Files().Select(file => new EncodedPicture { Picture = File.ReadAllBytes(file) }).ToArray());

        EstimatorContract.Check(Ml, Ml.Transforms.LoadPersonImages("Image", Options(), "Picture"), data, _world.Data);
        Assert.Equal(
            _world.LoadImages().Fit(_world.Data).Transform(_world.Data).Vectors<byte>("Image"),
            Fit(data, "Picture").Vectors<byte>("Image")
        );
    }

    [Fact]
    public void It_keeps_the_contract_of_estimators_with_pictures_in_memory()
    {
        var data = Ml.Data.LoadFromEnumerable(
            Files().Select(file => new MemoryPicture { Picture = MLImage.CreateFromFile(file) }).ToArray()
        );

        EstimatorContract.Check(Ml, Ml.Transforms.LoadPersonImages("Image", Options(), "Picture"), data, _world.Data);
        Assert.Equal(
            _world.LoadImages().Fit(_world.Data).Transform(_world.Data).Vectors<byte>("Image"),
            Fit(data, "Picture").Vectors<byte>("Image")
        );
    }

    [Theory, InlineData(1), InlineData(2), InlineData(7)]
    public void Pixels_are_those_of_prediction_to_the_bit(int parallelism)
    {
        var photograph = TestImages.Corners(301, 200);
        string[] files =
        [
            .. Files(),
            Write("turned.jpg", PlainJpeg.WithOrientation(TestImages.Jpeg(photograph), 6)),
            Write("grey.png", TestImages.Encode(photograph, "pngsave_buffer", "b-w")),
            Write("cmyk.jpg", TestImages.Encode(photograph, "jpegsave_buffer", "cmyk")),
            Write("web.webp", TestImages.Encode(photograph, "webpsave_buffer")),
        ];
        var data = Ml.Data.LoadFromEnumerable(files.Select(file => new PictureRow { ImagePath = file }).ToArray());
        var reader = new ImageReader();

        var pixels = _world.LoadImages(Options() with { Parallelism = parallelism }).Fit(data).Transform(data).Vectors<byte>("Image");

        for (var i = 0; i < files.Length; i++)
        {
            var expected = new byte[PicturesWorld.Input.ByteCount];
            reader.ReadResized(File.ReadAllBytes(files[i]), PicturesWorld.Input, expected);
            Assert.Equal(expected, pixels[i]);
        }
    }

    [Fact]
    public void The_column_says_its_size()
    {
        var type = Assert.IsType<VectorDataViewType>(
            _world.LoadImages().Fit(_world.Data).GetOutputSchema(_world.Data.Schema)["Image"].Type
        );

        Assert.Equal([1, TinyWorld.Side, TinyWorld.Side, 3], type.Dimensions.ToArray());
        Assert.Equal(NumberDataViewType.Byte, type.ItemType);
    }

    [Fact]
    public void A_bad_picture_ends_the_run_by_name()
    {
        var bad = Cut();
        var view = Data([.. Files(), bad]);

        var fault = Assert.Throws<ImageException>(() => _world.LoadImages().Fit(view).Transform(view).Vectors<byte>("Image"));

        Assert.Equal((ImageFault.Damaged, bad), (fault.Fault, fault.Name));
        Assert.StartsWith($"'{bad}': the picture is cut short or damaged", fault.Message);
    }

    [Fact]
    public void A_model_that_was_read_back_fails_by_name_too()
    {
        var bad = Cut();
        var view = Data([bad]);
        var loaded = _world.Reload(_world.LoadImages(Options() with { OnBadImage = BadImages.Drop }).Fit(_world.Data));

        Assert.Contains($"'{bad}'", Assert.ThrowsAny<Exception>(() => loaded.Transform(view).Vectors<byte>("Image")).ToString());
    }

    [Fact]
    public void Rows_of_bad_pictures_are_dropped_with_their_reasons_where_asked()
    {
        var (empty, missing, cut) = (Write("empty.png", []), _world.World["no-such.png"], Cut());
        string[] files = [Files()[0], empty, Files()[1], missing, cut, "", .. Files()[2..]];
        List<DroppedImage> dropped = [];

        var view = Data(files);
        var result = _world.LoadImages(Options() with { OnBadImage = BadImages.Drop, Dropped = dropped.Add }).Fit(view).Transform(view);

        Assert.Equal(Files(), result.Values<ReadOnlyMemory<char>>("ImagePath").Select(path => path.ToString()));
        Assert.Equal([empty, missing, cut, ""], dropped.Select(drop => drop.Name));
        Assert.Equal(
            [ImageFault.Empty, ImageFault.Unreadable, ImageFault.Damaged, ImageFault.Unreadable],
            dropped.Select(drop => drop.Fault)
        );
        Assert.StartsWith($"'{empty}': there are no bytes in it.", dropped[0].ToString());
        Assert.Equal(Files().Length, result.Vectors<byte>("Image").Length);
        Assert.Null(result.GetRowCount());
    }

    [Fact]
    public void Nothing_is_decoded_before_a_row_asks_for_it()
    {
        var view = Data([Cut(), .. Files()]);

        var result = _world.LoadImages().Fit(view).Transform(view);

        // The bad first row does not matter to who wants labels only.
        Assert.Equal(13, result.Values<bool>("Label").Length);
    }

    [Fact]
    public void A_folder_stands_before_relative_paths_also_after_reading_back()
    {
        var view = Data([.. Files().Select(file => Path.GetRelativePath(_world.World.Pictures, file))]);
        var model = _world.LoadImages(Options() with { ImageFolder = _world.World.Pictures }).Fit(view);

        Assert.Equal(12, model.Transform(view).Vectors<byte>("Image").Length);
        Assert.Equal(12, _world.Reload(model).Transform(view).Vectors<byte>("Image").Length);
    }

    [Fact]
    public void Limits_are_kept_also_after_reading_back()
    {
        var model = _world.LoadImages(Options() with { Limits = new ImageLimits { MaxPixels = 100 } }).Fit(_world.Data);

        Assert.Equal(
            ImageFault.TooManyPixels,
            Assert.Throws<ImageException>(() => model.Transform(_world.Data).Vectors<byte>("Image")).Fault
        );
        Assert.Contains(
            "pixels are over the limit of 100",
            Assert.ThrowsAny<Exception>(() => _world.Reload(model).Transform(_world.Data).Vectors<byte>("Image")).ToString()
        );
    }

    [Fact]
    public void A_reader_may_stop_early()
    {
        var result = _world.LoadImages().Fit(_world.Data).Transform(_world.Data);
        using (var cursor = result.GetRowCursor([result.Schema["Image"]]))
        {
            Assert.True(cursor.MoveNext());
        }

        Assert.Equal(12, result.Vectors<byte>("Image").Length);
    }

    [Fact]
    public void A_source_that_fails_says_so_at_the_row_where_it_does()
    {
        IEnumerable<PictureRow> Rows()
        {
            yield return new PictureRow { ImagePath = Files()[0] };
            throw new IOException("the disk is gone");
        }

        var view = Ml.Data.LoadFromEnumerable(Rows());
        var result = _world.LoadImages().Fit(view).Transform(view);
        using var cursor = result.GetRowCursor([result.Schema["Image"]]);

        Assert.True(cursor.MoveNext());
        Assert.Equal("the disk is gone", Assert.Throws<IOException>(() => cursor.MoveNext()).Message);
    }

    [Fact]
    public void A_missing_column_is_named() =>
        Assert.StartsWith(
            "There is no column 'Photo' with pictures; the data has ImagePath, Label. Name the column that holds text (paths)",
            Assert
                .Throws<InvalidOperationException>(() => Ml.Transforms.LoadPersonImages("Image", Options(), "Photo").Fit(_world.Data))
                .Message
        );

    [Fact]
    public void Options_out_of_range_are_named() =>
        Assert.StartsWith(
            "input size 0 x 5 is outside 1 to 4096 pixels a side",
            Assert.Throws<ArgumentException>(() => _world.LoadImages(new PersonImageOptions { Input = new ImageSpec(0, 5) })).Message
        );

    [Fact]
    public void What_is_transparent_in_memory_lies_on_white_as_in_a_file()
    {
        byte[] half = [60, 30, 10, 128]; // colours multiplied by alpha, as the library keeps them
        using var image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Rgba32, half);

        Assert.Equal([187, 157, 137], MLImagePixels.ToRgb(image).Pixels);
    }

    public void Dispose() => _world.Dispose();

    private static PersonImageOptions Options() => new() { Input = PicturesWorld.Input };

    private string[] Files() => [.. _world.World.Dataset.Samples.Select(sample => sample.Path)];

    private string Write(string name, byte[] bytes)
    {
        _world.World.Write(name, bytes);
        return _world.World[name];
    }

    private string Cut()
    {
        var jpeg = TestImages.Jpeg(TestImages.Noise(64, 64, 3));
        return Write("cut.jpg", jpeg[..(jpeg.Length / 2)]);
    }

    private IDataView Data(string[] files) =>
        Ml.Data.LoadFromEnumerable(files.Select(file => new PictureRow { ImagePath = file, Label = true }).ToArray());

    private IDataView Fit(IDataView data, string column) =>
        Ml.Transforms.LoadPersonImages("Image", Options(), column).Fit(data).Transform(data);

    private sealed class EncodedPicture
    {
        public byte[] Picture { get; set; } = [];
    }

    private sealed class MemoryPicture
    {
        public bool Label { get; set; } // ML.NET does not save a model for data of pictures alone

        [ImageType(40, 48)]
        public MLImage? Picture { get; set; }
    }
}
