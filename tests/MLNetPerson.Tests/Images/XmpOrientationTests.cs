using System.Text;
using MLNetPerson.Images;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Images;

/// <summary>Where EXIF says nothing, an orientation in the XMP packet counts.</summary>
public sealed class XmpOrientationTests
{
    private const string Attribute = """
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>
        """;

    private static readonly string Element = Attribute.Replace(
        " tiff:Orientation=\"6\"/>",
        "><tiff:Orientation> 6 </tiff:Orientation></rdf:Description>",
        StringComparison.Ordinal
    );

    private static readonly RgbImage Picture = TestImages.Corners(40, 24);

    public static TheoryData<string> Formats => ["jpeg", "png", "webp"];

    [Theory, MemberData(nameof(Formats))]
    public void A_packet_turns_a_picture_of_each_format(string format)
    {
        foreach (var packet in new[] { Attribute, Element, Attribute.Replace('"', '\'') })
        {
            var turned = new ImageReader().Read(WithXmp(format, packet));

            Assert.Equal((24, 40), (turned.Width, turned.Height));
            Assert.InRange(turned.Pixels[0], 0, 12); // orientation 6: stored bottom left, red 0 and green 255, is shown top left
            Assert.InRange(turned.Pixels[1], 243, 255);
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_packet_without_a_right_orientation_turns_nothing(string format)
    {
        foreach (var value in new[] { "0", "9", "60", "", "left" })
        {
            var packet = Attribute.Replace("\"6\"", $"\"{value}\"", StringComparison.Ordinal);

            Assert.Equal(40, new ImageReader().Read(WithXmp(format, packet)).Width);
        }
    }

    [Fact]
    public void Exif_comes_before_the_packet()
    {
        var both = PlainJpeg.WithOrientation(WithXmp("jpeg", Attribute), 1);

        Assert.Equal(40, new ImageReader().Read(both).Width);
    }

    private static byte[] WithXmp(string format, string packet)
    {
        var xmp = Encoding.UTF8.GetBytes(packet);
        return format switch
        {
            "jpeg" => PlainJpeg.WithXmp(Saved("jpegsave_buffer"), xmp),
            "png" => PlainPng.WithXmp(Saved("pngsave_buffer"), xmp),
            _ => PlainWebP.WithXmp(Saved("webpsave_buffer", ("lossless", "true")), Picture.Width, Picture.Height, xmp),
        };
    }

    /// <remarks>libvips' savers write EXIF of their own where nothing keeps them from it.</remarks>
    private static byte[] Saved(string saver, params (string Name, string Value)[] options) =>
        TestImages.Encode(Picture, saver, null, [("keep", "none"), .. options]);
}
