using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MLNetPerson.Cli.Terminal;

/// <summary>
/// Lines on stdout that say so when nobody reads them any more: <see cref="Console.Out"/> keeps silent about a closed pipe, and a program
/// that never ends by itself would go on for nobody.
/// </summary>
internal sealed class PipedOutput : IDisposable
{
    private const int StandardOutput = 1;

    private readonly StreamWriter _lines = new(Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
    {
        AutoFlush = true,
        NewLine = "\n",
    };

    /// <summary>Writes a line; false where the reader has gone.</summary>
    public bool TryWrite(string line)
    {
        try
        {
            _lines.WriteLine(line);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Stream Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        // A file has no reader that could go, and its place to write is shared with the shell's other commands.
        var pipe = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 1);
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    public void Dispose()
    {
        try
        {
            _lines.Dispose();
        }
        catch (IOException)
        {
            // The reader has gone.
        }
    }
}
