#pragma once
// The bytes a connection has received and not yet consumed: one block, reused for all its messages, that
// grows to a bound when a head needs it. What is consumed is wiped: it may have been a card.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace payweir::net {

class ReadBuffer {
 public:
  explicit ReadBuffer(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  ~ReadBuffer() { wipe(0, end_); }
  ReadBuffer(const ReadBuffer&) = delete;
  ReadBuffer& operator=(const ReadBuffer&) = delete;

  [[nodiscard]] std::string_view readable() const { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool full() const { return end_ - begin_ == bytes_max_; }

  // Room for the next read. Requires: !full().
  [[nodiscard]] std::span<char> space() {
    if (end_ == capacity_) make_room();
    return {data_.get() + end_, capacity_ - end_};
  }
  void commit(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes) {
    wipe(begin_, begin_ + bytes);
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }

 private:
  void make_room() {
    if (begin_ == 0) {
      capacity_ = std::min(bytes_max_, capacity_ == 0 ? kFirstBytes : capacity_ * 2);
      auto grown = std::make_unique_for_overwrite<char[]>(capacity_);
      if (end_ > 0) std::memcpy(grown.get(), data_.get(), end_);
      wipe(0, end_);
      data_ = std::move(grown);
      return;
    }
    std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
    wipe(end_ - begin_, end_);
    end_ -= begin_;
    begin_ = 0;
  }

  void wipe(std::size_t from, std::size_t to) {
    if (from < to) explicit_bzero(data_.get() + from, to - from);
  }

  static constexpr std::size_t kFirstBytes = 4096;
  std::size_t bytes_max_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::unique_ptr<char[]> data_;
};

}  // namespace payweir::net
