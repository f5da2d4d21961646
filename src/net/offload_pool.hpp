#pragma once
// OffloadPool: Offload on a few threads of its own. Whoever owns it destroys it before the io threads: it
// waits for what is under way, and posts its completions to them.
#include <boost/asio/thread_pool.hpp>

#include "ports/offload.hpp"

namespace payweir::net {

class OffloadPool final : public Offload {
 public:
  explicit OffloadPool(std::size_t threads) : pool_(threads) {}
  ~OffloadPool() override { pool_.join(); }

  [[nodiscard]] Task<void> run(std::function<void()> work) override;

 private:
  boost::asio::thread_pool pool_;
};

}  // namespace payweir::net
