// Loaded into each process of ours: when its parent is gone, however it went, the process ends in its own order.
// The channel is unreferenced, so it never keeps a process alive that has nothing left to do.
process.channel?.unref()
process.once('disconnect', () => {
  setTimeout(() => process.exit(1), 10_000).unref()
  process.kill(process.pid, 'SIGTERM')
})
