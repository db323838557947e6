using MLNetPerson.Files;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Files;

/// <summary>Links, volumes and places that cannot be written.</summary>
public sealed class OutputPlaceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [SkippableFact]
    public void A_link_to_a_folder_stays_a_link_and_its_target_is_replaced()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        _folder.Write("v1/old.txt", "old");
        Directory.CreateSymbolicLink(_folder["current"], "v1");

        AtomicFolder.Write(_folder["current"], temporary => File.WriteAllText(Path.Combine(temporary, "new.txt"), "new"));

        Assert.Equal("v1", new DirectoryInfo(_folder["current"]).LinkTarget);
        Assert.Equal(["new.txt"], Directory.GetFiles(_folder["v1"]).Select(Path.GetFileName));
    }

    [SkippableFact]
    public void A_link_to_a_file_stays_a_link_and_its_target_is_replaced()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        _folder.Write("real.txt", "old");
        File.CreateSymbolicLink(_folder["link.txt"], _folder["real.txt"]);
        File.CreateSymbolicLink(_folder["dangling.txt"], "later.txt");

        AtomicFile.WriteText(_folder["link.txt"], "new");
        AtomicFile.WriteText(_folder["dangling.txt"], "new");

        Assert.Equal(("new", "new"), (File.ReadAllText(_folder["real.txt"]), File.ReadAllText(_folder["later.txt"])));
        Assert.NotNull(new FileInfo(_folder["link.txt"]).LinkTarget);
    }

    [SkippableFact]
    public void A_volume_is_known_and_its_contents_are_exchanged()
    {
        // /dev/shm is a volume on every Linux; a folder is not.
        Skip.IfNot(OperatingSystem.IsLinux() && Directory.Exists("/dev/shm"), "needs a mounted file system");
        Assert.True(OutputPlace.IsMountPoint("/dev/shm"));
        Assert.True(OutputPlace.IsMountPoint("/"));
        Assert.False(OutputPlace.IsMountPoint(_folder.Path));
    }

    [SkippableFact]
    public void Contents_are_exchanged_where_the_folder_above_cannot_be_written()
    {
        Skip.If(Environment.UserName == "root", "needs permissions that count");
        if (OperatingSystem.IsWindows())
        {
            throw new SkipException("needs Unix permissions");
        }

        _folder.Write("locked/out/old.txt", "old");
        File.SetUnixFileMode(_folder["locked"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            AtomicFolder.Write(_folder["locked/out"], temporary => File.WriteAllText(Path.Combine(temporary, "new.txt"), "new"));
            Assert.Equal(["locked", "locked/out", "locked/out/new.txt"], _folder.Entries());
        }
        finally
        {
            File.SetUnixFileMode(_folder["locked"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_place_is_checked_without_leaving_anything()
    {
        _folder.Write("file.txt", "x");
        Directory.CreateDirectory(_folder["folder"]);
        var before = _folder.Entries();

        OutputPlace.CheckFolder(_folder["folder"]);
        OutputPlace.CheckFolder(_folder["not/yet/there"]);
        OutputPlace.CheckFile(_folder["not/yet/there.csv"]);

        Assert.Equal(before, _folder.Entries());
        Assert.Contains(
            "is a file, a folder is needed.",
            Assert.Throws<IOException>(() => OutputPlace.CheckFolder(_folder["file.txt"])).Message
        );
        Assert.Contains(
            "is a file, a folder is needed.",
            Assert.Throws<IOException>(() => OutputPlace.CheckFolder(_folder["file.txt/below/it"])).Message
        );
        Assert.Contains(
            "is a folder, a file is needed.",
            Assert.Throws<IOException>(() => OutputPlace.CheckFile(_folder["folder"])).Message
        );
        Assert.Contains("is empty.", Assert.Throws<IOException>(() => OutputPlace.CheckFolder("")).Message);
    }

    [SkippableFact]
    public void A_link_to_itself_is_named()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need rights there");
        File.CreateSymbolicLink(_folder["loop"], "loop");

        Assert.Contains(
            "is a link that leads to itself.",
            Assert.Throws<IOException>(() => OutputPlace.CheckFile(_folder["loop"])).Message
        );
    }

    [Fact]
    public void A_fresh_volume_is_empty()
    {
        Directory.CreateDirectory(_folder["volume/lost+found"]);
        Assert.True(AtomicFolder.IsEmpty(_folder["volume"]));
        _folder.Write("volume/mine.txt", "x");
        Assert.False(AtomicFolder.IsEmpty(_folder["volume"]));
    }

    public void Dispose() => _folder.Dispose();
}
