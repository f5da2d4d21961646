#include "node.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

#include "base/check.hpp"
#include "jobs/all.hpp"
#include "store/queries/start_queries.hpp"

namespace payweir::sim {
namespace {

std::unique_ptr<store::sqlite::SqliteStore> open_store(const std::string& directory) {
  store::sqlite::SqliteOptions options;
  options.directory = directory;
  options.drive = store::sqlite::Drive::manual;
  auto store = store::sqlite::SqliteStore::open(std::move(options));
  check(store.has_value(), "the store opens after a crash");
  return std::move(*store);
}

}  // namespace

Node::Node(Machine& machine)
    : machine_(machine),
      worker_(machine.clock, log_, [this](std::string_view, Task<void> task) { spawn(std::move(task)); }),
      http_(machine.network, machine.clock),
      log_(machine.scheduler),
      store_(open_store(machine.disk.path())),
      directory_(*store_, machine.keys, epoch_),
      rate_limiter_(machine.settings),
      context_{
          machine.settings, machine.clock, machine.random, http_,     machine.keys,      cards_,       log_,
          *store_,          directory_,    telemetry_,     sequence_, machine.rendering, rate_limiter_} {
  machine.settings.process_started_at = machine.clock.wall();
  machine.scheduler.set_device([this] { return store_->statistics().queue_depth > 0; },
                               [this] {
                                 const std::size_t size = store_->run_batch();
                                 machine_.scheduler.note("batch of " + std::to_string(size));
                               });
}

// A crash: the ports go inert, then the coroutines vanish, then those that waited for the disk.
Node::~Node() {
  http_.go_inert();
  log_.go_inert();
  machine_.network.forget_calls();
  machine_.scheduler.drop_process();
  store_.reset();
  machine_.scheduler.drop_process();
}

void Node::start() {
  spawn(boot());
}

Task<void> Node::boot() {
  const Result<std::int64_t> largest = co_await store::find_largest_key(*store_);
  check(largest.has_value(), "the keys in the store can be read");
  sequence_.resume_after(*largest);
  is_up_ = true;
  for (std::unique_ptr<jobs::Job>& job : jobs::all_jobs(context_))
    worker_.add(std::move(job));
  worker_.start();
}

void Node::spawn(Task<void> task) {
  boost::asio::co_spawn(machine_.scheduler.executor(), std::move(task), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

}  // namespace payweir::sim
