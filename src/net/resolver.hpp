#pragma once
// Names to addresses, as a function so that tests can answer for a name server.
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/task.hpp"

namespace payweir::net {

using Addresses = std::vector<boost::asio::ip::address>;
// Errors: connect_failed (no such name), timeout, cancelled; all not_sent.
using Resolve =
    std::function<Task<Result<Addresses>>(std::string host, std::chrono::steady_clock::time_point until)>;

// The system's resolver. getaddrinfo cannot be interrupted: past `until` the caller goes on, and the lookup
// ends on its own on the resolver's thread.
[[nodiscard]] Task<Result<Addresses>> resolve_by_system(std::string host,
                                                        std::chrono::steady_clock::time_point until);

}  // namespace payweir::net
