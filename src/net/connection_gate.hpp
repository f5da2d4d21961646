#pragma once
// Who may connect: a cap on all connections and one on those of a peer (J01). Shared by the io threads,
// because the kernel spreads one peer's connections over all of them; asked once a connection.
#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace payweir::net {

class ConnectionGate {
 public:
  ConnectionGate(std::size_t connections_max, std::size_t connections_per_peer_max)
      : connections_max_(connections_max), connections_per_peer_max_(connections_per_peer_max) {}

  // Held as long as the connection lives. The gate outlives its passes.
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), peer_(other.peer_) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_) gate_->leave(peer_);
    }

   private:
    friend class ConnectionGate;
    Pass(ConnectionGate& gate, boost::asio::ip::address peer) : gate_(&gate), peer_(std::move(peer)) {}
    ConnectionGate* gate_;
    boost::asio::ip::address peer_;
  };

  // Nothing when a cap is reached.
  [[nodiscard]] std::optional<Pass> admit(const boost::asio::ip::address& peer);
  [[nodiscard]] std::size_t connections() const;

 private:
  void leave(const boost::asio::ip::address& peer);

  const std::size_t connections_max_;
  const std::size_t connections_per_peer_max_;
  mutable std::mutex mutex_;
  std::size_t connections_ = 0;
  std::unordered_map<boost::asio::ip::address, std::size_t> per_peer_;
};

}  // namespace payweir::net
