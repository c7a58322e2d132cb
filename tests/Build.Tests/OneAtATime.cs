// Cake changes the current folder of the whole process: a build in one test would move the ground under another.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
