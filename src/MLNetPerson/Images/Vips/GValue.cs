using System.Runtime.InteropServices;

namespace MLNetPerson.Images.Vips;

/// <summary>GObject's typed box: a type number and 16 bytes of content.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GValue
{
    public nuint Type;
    public long First;
    public long Second;
}
