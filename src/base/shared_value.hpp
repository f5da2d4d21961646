#pragma once
// SharedValue: a value that is read in many places and changed in few. Copies share one object, which is
// why copying and moving cost a pointer; edit() gives the copy that it is called on an object of its own. One
// that was moved from may only be assigned or destroyed.
#include <memory>

namespace payweir {

template <class T>
class SharedValue {
 public:
  SharedValue() : value_(empty()) {}

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

  // Valid until the next copy: what was copied must not change.
  T& edit() {
    if (value_.use_count() != 1) value_ = std::make_shared<T>(*value_);
    return *value_;
  }

  // Whether neither was edited since one was made from the other.
  [[nodiscard]] bool is_same_as(const SharedValue& other) const { return value_ == other.value_; }

 private:
  // One for all, so that a value which is never set costs nothing.
  static const std::shared_ptr<T>& empty() {
    static const std::shared_ptr<T> value = std::make_shared<T>();
    return value;
  }
  std::shared_ptr<T> value_;
};

}  // namespace payweir
