using Build;

return BuildProgram.CreateHost().Run(args);
