"""The commands: parse, call one public function, print, exit."""
