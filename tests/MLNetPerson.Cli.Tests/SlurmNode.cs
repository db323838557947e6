using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MLNetPerson.Testing;

namespace MLNetPerson.Cli.Tests;

/// <summary>A cluster of one machine: munged, slurmctld and slurmd with files, ports and a key of their own, as root.</summary>
internal sealed class SlurmNode : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _folder;

    public SlurmNode(string folder)
    {
        _folder = folder;
        foreach (var part in new[] { "", "state", "spool", "munge" })
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        // munged refuses a socket in a folder that others may not reach, and a key that others may read.
        for (var above = Path.Combine(folder, "munge"); above.Length > "/tmp".Length; above = Path.GetDirectoryName(above)!)
        {
            ProcessRunner.Run("chmod", ["755", above]);
        }

        File.WriteAllBytes(At("munge.key"), RandomNumberGenerator.GetBytes(1024));
        ProcessRunner.Run("chmod", ["600", At("munge.key")]);
        File.WriteAllText(At("slurm.conf"), Configuration());
        try
        {
            Start(
                "munged",
                "--force",
                $"--key-file={At("munge.key")}",
                $"--socket={At("munge/socket")}",
                $"--pid-file={At("munged.pid")}",
                $"--log-file={At("munged.log")}",
                $"--seed-file={At("munged.seed")}"
            );
            Start("slurmctld", "-f", At("slurm.conf"));
            Start("slurmd", "-f", At("slurm.conf"));
            WaitUntilIdle();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyDictionary<string, string?> Variables => new Dictionary<string, string?> { ["SLURM_CONF"] = At("slurm.conf") };

    public void Dispose()
    {
        foreach (var name in new[] { "slurmd", "slurmctld", "munged" })
        {
            if (File.Exists(At($"{name}.pid")))
            {
                ProcessRunner.Run("kill", [File.ReadAllText(At($"{name}.pid")).Trim()]);
            }
        }

        // The daemons write until they end, and the folder is deleted behind this.
        var until = Environment.TickCount64 + 10_000;
        while (new[] { "slurmd", "slurmctld", "munged" }.Any(name => File.Exists(At($"{name}.pid"))) && Environment.TickCount64 < until)
        {
            Thread.Sleep(100);
        }
    }

    private string At(string name) => Path.Combine(_folder, name);

    private void Start(string program, params string[] arguments)
    {
        // Daemons go into the background and would keep a pipe open that somebody reads.
        var outcome = ProcessRunner.Run("bash", ["-c", "\"$@\" >/dev/null 2>&1", "bash", program, .. arguments], environment: Variables);
        Assert.True(outcome.ExitCode == 0, $"{program} ended with {outcome.ExitCode}:\n{Log(program)}");
    }

    private string Log(string program) => File.Exists(At($"{program}.log")) ? File.ReadAllText(At($"{program}.log")) : "(no log)";

    private void WaitUntilIdle()
    {
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (Environment.TickCount64 < until)
        {
            if (ProcessRunner.Run("sinfo", ["-h", "-o", "%T"], environment: Variables).Output.Contains("idle", StringComparison.Ordinal))
            {
                return;
            }

            Thread.Sleep(500);
        }

        Assert.Fail($"the node did not come up:\n{Log("slurmctld")}\n{Log("slurmd")}\n{Log("munged")}");
    }

    private string Configuration()
    {
        var host = Dns.GetHostName().Split('.')[0];
        return $"""
            ClusterName=test
            SlurmctldHost={host}
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={At("munge/socket")}
            StateSaveLocation={At("state")}
            SlurmdSpoolDir={At("spool")}
            SlurmctldPidFile={At("slurmctld.pid")}
            SlurmdPidFile={At("slurmd.pid")}
            SlurmctldLogFile={At("slurmctld.log")}
            SlurmdLogFile={At("slurmd.log")}
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            SlurmdParameters=config_overrides
            MailProg=/bin/true
            ReturnToService=2
            MpiDefault=none
            NodeName={host} CPUs=8 State=UNKNOWN
            PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP

            """;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
