#include "net/connection_gate.hpp"

#include <algorithm>

namespace payweir::net {
namespace {
namespace ip = boost::asio::ip;

// One IPv6 host commonly owns a whole /64.
ip::address peer_of(const ip::address& address) {
  if (!address.is_v6()) return address;
  ip::address_v6::bytes_type bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return ip::address_v6(bytes);
}

}  // namespace

std::optional<ConnectionGate::Pass> ConnectionGate::admit(const ip::address& address) {
  const ip::address peer = peer_of(address);
  const std::scoped_lock lock(mutex_);
  if (connections_ >= connections_max_) return std::nullopt;
  std::size_t& count = per_peer_[peer];
  if (count >= connections_per_peer_max_) return std::nullopt;
  ++count;
  ++connections_;
  return Pass(*this, peer);
}

void ConnectionGate::leave(const ip::address& peer) {
  const std::scoped_lock lock(mutex_);
  --connections_;
  const auto found = per_peer_.find(peer);
  if (--found->second == 0) per_peer_.erase(found);
}

std::size_t ConnectionGate::connections() const {
  const std::scoped_lock lock(mutex_);
  return connections_;
}

}  // namespace payweir::net
