import CShim

shim_exit(Program.main())
