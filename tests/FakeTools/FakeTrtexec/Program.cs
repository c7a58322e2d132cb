using FakeTools.FakeTrtexec;

return new Fake(FakeOrders.Read(), args).Play();
