"""What a template says once its parameters are given: as much of CloudFormation's functions as ours has in settings and layers."""

from __future__ import annotations

import re
from collections.abc import Callable

NOTHING = {"Ref": "AWS::NoValue"}


class Given:
    """A template with values for some of its parameters; the others have their defaults."""

    def __init__(self, template: dict, **values: str):
        self.template = template
        self.parameters = {name: values.get(name, str(item.get("Default", f"<{name}>"))) for name, item in template["Parameters"].items()}
        if unknown := values.keys() - self.parameters.keys():
            raise KeyError(f"no parameters: {sorted(unknown)}")

    def holds(self, condition: object) -> bool:
        """Whether a condition does, written out or by its name."""
        ((kind, inner),) = condition.items()
        how: dict[str, Callable[[], bool]] = {
            "Condition": lambda: self.holds(self.template["Conditions"][inner]),
            "Fn::Not": lambda: not self.holds(inner[0]),
            "Fn::And": lambda: all(map(self.holds, inner)),
            "Fn::Equals": lambda: str(self.value(inner[0])) == str(self.value(inner[1])),
        }
        return how[kind]()

    def value(self, said: object) -> object:
        """What is said, with the parameters in their places; a resource is its name, and what is not to be there is NOTHING."""
        if not isinstance(said, dict) or said == NOTHING:
            return said
        ((kind, inner),) = said.items()
        how: dict[str, Callable[[], object]] = {
            "Ref": lambda: self.parameters.get(inner, inner),
            "Fn::GetAtt": lambda: inner,
            "Fn::If": lambda: self.value(inner[1] if self.holds({"Condition": inner[0]}) else inner[2]),
            "Fn::Join": lambda: inner[0].join(str(self.value(inner[1])).split(",")),
            "Fn::Sub": lambda: re.sub(r"\$\{(\w+)\}", lambda name: self.parameters.get(name[1], name[1]), inner),
        }
        return how[kind]()

    def of_function(self, own: dict) -> dict[str, object]:
        """The variables of a function with these properties, and its layers: its own besides those of all, as SAM merges them."""
        shared = self.template["Globals"]["Function"]
        variables = {}
        for properties in (shared, own):
            variables |= properties.get("Environment", {}).get("Variables", {})
        told = {name: self.value(said) for name, said in variables.items()}
        # A list of its own would be added to that of all.
        told["Layers"] = [self.value(properties["Layers"]) for properties in (shared, own) if "Layers" in properties]
        return {name: said for name, said in told.items() if said not in (NOTHING, [NOTHING], [])}
