#pragma once
// Crew: the same work by several processes, which add up what they counted. A process of its own each,
// because a run that fails a check of the switch ends its process, and the others must go on.
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace payweir::sim {

using Counts = std::map<std::string, std::uint64_t>;

// What one of them is at, shared with whoever waits for it.
class Post {
 public:
  explicit Post(std::uint64_t* at) : at_(at) {}
  void set(std::uint64_t item) { *at_ = item; }

 private:
  std::uint64_t* at_;
};

// Runs work(0) … work(size - 1) at once and sums their counts. A process that ends in another way than by
// returning is told to `died`, with what it was at.
[[nodiscard]] Counts run_crew(std::size_t size,
                              const std::function<Counts(std::size_t member, Post post)>& work,
                              const std::function<void(std::uint64_t item)>& died);

}  // namespace payweir::sim
