#include "jobs/endpoints.hpp"

#include <algorithm>
#include <utility>

namespace payweir::jobs {
namespace {

constexpr std::int64_t kFailuresMax = 8;
constexpr Duration kPause = minutes(1);

}  // namespace

Endpoints::Endpoint& Endpoints::of(std::int64_t profile_key, Instant now) {
  if (endpoints_.size() >= kEndpointsMax && !endpoints_.contains(profile_key)) {
    endpoints_.clear();
    watching_since_ = now;
  }
  return endpoints_[profile_key];
}

void Endpoints::succeeded(std::int64_t profile_key, Instant now) {
  Endpoint& endpoint = of(profile_key, now);
  endpoint.failures_in_a_row = 0;
  endpoint.last_success = now;
}

void Endpoints::failed(std::int64_t profile_key, Instant now) {
  if (++of(profile_key, now).failures_in_a_row >= kFailuresMax) pause(profile_key, now + kPause);
}

void Endpoints::pause(std::int64_t profile_key, Instant until) {
  Instant& paused_until = endpoints_[profile_key].paused_until;
  paused_until = std::max(paused_until, until);
}

std::vector<std::int64_t> Endpoints::paused(Instant now) const {
  std::vector<std::pair<Instant, std::int64_t>> found;
  for (const auto& [profile_key, endpoint] : endpoints_)
    if (now < endpoint.paused_until) found.emplace_back(endpoint.paused_until, profile_key);
  std::ranges::sort(found, std::greater{});
  std::vector<std::int64_t> keys;
  for (const auto& [until, profile_key] : found)
    keys.push_back(profile_key);
  return keys;
}

bool Endpoints::took_nothing_since(std::int64_t profile_key, Instant then) const {
  if (watching_since_ > then) return false;
  const auto endpoint = endpoints_.find(profile_key);
  return endpoint == endpoints_.end() || endpoint->second.last_success < then;
}

}  // namespace payweir::jobs
