#pragma once
// Router: from a request to its handler, and from the handler's answer to the response. It does what all
// operations share, in this order: find the route, authenticate, refuse what is not JSON, make the
// request key; afterwards render errors, add the common headers, count and log. Immutable once made, so
// that all io threads share one.
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"

namespace payweir::api {

// How a caller, and a repeated request, are recognised: flows' own functions, or a test's.
struct Gate {
  Task<Result<flows::Principal>> (*authenticate)(flows::Context& context, std::string api_key,
                                                 std::string peer_address);
  Result<flows::Key> (*make_request_key)(flows::Context& context, const flows::Principal& principal,
                                         std::string_view idempotency_key, std::string_view method,
                                         std::string_view path, std::string_view body);
};

class Router {
 public:
  // Requires: no two routes of one method have the same shape.
  explicit Router(std::vector<Route> routes, Gate gate = {flows::authenticate, flows::make_request_key});

  // The router and the context outlive every task. Never fails: an error is a response.
  [[nodiscard]] Task<http::Response> handle(flows::Context& context, http::Request request) const;

  // A fixed segment before a {parameter}.
  [[nodiscard]] std::span<const Route> routes() const { return routes_; }

 private:
  // The parts of a path, or of a pattern, between its slashes.
  struct Segments {
    static constexpr std::size_t kMax = 8;
    std::array<std::string_view, kMax> parts;
    std::size_t count = 0;
  };
  struct Match;
  [[nodiscard]] static bool split(std::string_view path, Segments& segments);
  [[nodiscard]] static bool fits(const Segments& pattern, const Segments& path);
  [[nodiscard]] Result<Match> find(http::Method method, std::string_view path) const;
  [[nodiscard]] Task<Result<Reply>> serve(flows::Context& context, Match match, http::Request request) const;

  std::vector<Route> routes_;
  std::vector<Segments> patterns_;  // of routes_, index by index
  Gate gate_;
};

}  // namespace payweir::api
