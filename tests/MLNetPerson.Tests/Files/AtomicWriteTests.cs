using MLNetPerson.Files;
using MLNetPerson.Testing;

namespace MLNetPerson.Tests.Files;

public sealed class AtomicWriteTests
{
    [Fact]
    public void A_file_is_replaced_whole()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a.txt", "old");

        AtomicFile.WriteText(path, "new");

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["a.txt"], folder.Entries());
    }

    [Fact]
    public void A_failure_while_writing_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a.txt", "old");

        var fault = Assert.Throws<IOException>(() =>
            AtomicFile.Write(
                path,
                stream =>
                {
                    stream.Write("half"u8);
                    throw new IOException("No space left on device.");
                }
            )
        );

        Assert.Equal($"'{path}' could not be written: No space left on device. Nothing was changed there.", fault.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["a.txt"], folder.Entries());
    }

    [Fact]
    public void A_folder_is_replaced_whole()
    {
        using var folder = new TempFolder();
        folder.Write("package/old.txt", "old");

        AtomicFolder.Write(folder["package"], temporary => File.WriteAllText(Path.Combine(temporary, "new.txt"), "new"));

        Assert.Equal(["package", "package/new.txt"], folder.Entries());
    }

    [Fact]
    public void A_failure_while_filling_leaves_the_old_folder_and_nothing_else()
    {
        using var folder = new TempFolder();
        folder.Write("package/old.txt", "old");

        Assert.Throws<InvalidOperationException>(() =>
            AtomicFolder.Write(
                folder["package"],
                temporary =>
                {
                    File.WriteAllText(Path.Combine(temporary, "half.txt"), "half");
                    throw new InvalidOperationException();
                }
            )
        );

        Assert.Equal(["package", "package/old.txt"], folder.Entries());
    }

    [Fact]
    public void The_cache_is_where_the_environment_says()
    {
        var before = Environment.GetEnvironmentVariable(CacheFolder.Variable);
        using var folder = new TempFolder();
        try
        {
            Environment.SetEnvironmentVariable(CacheFolder.Variable, folder["home"]);

            Assert.Equal(folder["home/features"], CacheFolder.Sub("features"));
            Assert.True(Directory.Exists(folder["home/features"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable(CacheFolder.Variable, before);
        }
    }
}
