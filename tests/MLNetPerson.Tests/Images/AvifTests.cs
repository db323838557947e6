using MLNetPerson.Images;

namespace MLNetPerson.Tests.Images;

/// <summary>Real AVIF and HEIC files: four blocks of colour, 64 × 48 pixels, drawn for this test and written by libheif 1.15 (AV1 by aom,
/// HEVC by x265).</summary>
public sealed class AvifTests
{
    /// <summary>Levels of 255, in the middle of a flat block: 12 bits are cut to 8, and chroma is rounded.</summary>
    private const int Lossy = 4;

    private const string Avif8 =
        "AAAAHGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZgAAAOptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAAB"
        + "AAAAImlsb2MAAAAAREAAAQABAAAAAAEOAAEAAAAAAAAAMQAAACNpaW5mAAAAAAABAAAAFWluZmUCAAAAAAEAAGF2MDEAAAAAamlwcnAAAABLaXBjbwAA"
        + "ABNjb2xybmNseAACAAIABoAAAAAMYXYxQ4EADAAAAAAUaXNwZQAAAAAAAABAAAAAMAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgYID"
        + "hAAAADltZGF0EgAKCRgVf72CBAQNCDIiRTABBBBBALhn5fVINAp+B0r42w0G57BUBEubGQlf7+XWIA==";

    private const string Avif12 =
        "AAAAHGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZgAAAOptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAAB"
        + "AAAAImlsb2MAAAAAREAAAQABAAAAAAEOAAEAAAAAAAAANgAAACNpaW5mAAAAAAABAAAAFWluZmUCAAAAAAEAAGF2MDEAAAAAamlwcnAAAABLaXBjbwAA"
        + "ABNjb2xybmNseAACAAIABoAAAAAMYXYxQ4FAbAAAAAAUaXNwZQAAAAAAAABAAAAAMAAAABBwaXhpAAAAAAMMDAwAAAAXaXBtYQAAAAAAAAABAAEEgYID"
        + "hAAAAD5tZGF0EgAKCVgVf72NAgIG4TInRNABBBBBALhn6Cle/dYcZoE4IHD42wxUOBzsVjcLGSS0h/zqpG1B";

    private const string Heic =
        "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAAC"
        + "AAAAEGlkYXQAAAAAAEAAMAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEAAAAAAAAAxgACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIA"
        + "AAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADYaXBycAAAALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAP"
        + "AyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQABACpCAQEDcAAAAwCQAAADAAADAB6gIIEFlurkprm4EBAwIAAAAwAgAAADACEiAAEABkQBwXPA"
        + "iQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAQAAAADAAAAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAa"
        + "aXJlZgAAAAAAAAAOZGltZwACAAEAAQAAAM5tZGF0AAAAwigBrwngITip//Gw//usdl7kjp5Wnv1j/+Rw+8n7/+O1t0fo2vN/8No759+/455xMLJ+Uf/u"
        + "qy+yIBaQnnsDLAc78bxMhBVdrtZM9WB5mT+KACAMFNaflzJR0CsNEC9qsbzOoet72FhnSGGR6lpIYVvZXRiET0DdllAjymE7+46NIkAJ13piHjJkDm0U"
        + "zRzyka5SoUx4KoCJhN269DGI2kBw1ux/niAMYNo8hniJn3f/k5cw+tfQd1kqOaLhBjz0LP6A";

    private static readonly byte[][] Blocks =
    [
        [220, 30, 40],
        [30, 200, 60],
        [40, 60, 220],
        [240, 230, 40],
    ];

    [Theory, InlineData(Avif8), InlineData(Avif12)]
    public void An_avif_of_each_depth_is_read(string file)
    {
        var read = new ImageReader().Read(Convert.FromBase64String(file));

        Assert.Equal((64, 48), (read.Width, read.Height));
        AssertBlocks(read);
    }

    [Fact]
    public void A_heic_is_read_where_there_is_a_decoder_and_else_an_error_says_how_to_convert_it()
    {
        try
        {
            AssertBlocks(new ImageReader().Read(Convert.FromBase64String(Heic), "IMG_1.HEIC"));
        }
        catch (ImageException exception)
        {
            Assert.Equal(ImageFault.UnsupportedKind, exception.Fault);
            Assert.StartsWith("'IMG_1.HEIC': this is a HEIC picture, as iPhones write them, and this libvips ", exception.Message);
            Assert.Contains("heif-convert IN.heic OUT.jpg", exception.Message);
        }
    }

    [Theory, InlineData(Avif8), InlineData(Avif12)]
    public void A_cut_or_overwritten_avif_is_an_error(string file)
    {
        var whole = Convert.FromBase64String(file);
        for (var percent = 20; percent < 100; percent += 15)
        {
            Assert.Throws<ImageException>(() => new ImageReader().Read(whole[..(whole.Length * percent / 100)]));
        }

        whole.AsSpan(whole.Length - 30).Clear();
        Assert.Equal(ImageFault.Damaged, Assert.Throws<ImageException>(() => new ImageReader().Read(whole)).Fault);
    }

    private static void AssertBlocks(RgbImage read)
    {
        for (var block = 0; block < 4; block++)
        {
            var at = ((((12 + (block / 2 * 24)) * 64) + 16 + (block % 2 * 32)) * 3);
            for (var c = 0; c < 3; c++)
            {
                Assert.InRange(read.Pixels[at + c], Blocks[block][c] - Lossy, Blocks[block][c] + Lossy);
            }
        }
    }
}
