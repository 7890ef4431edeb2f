export class TryIt {
  constructor({ place }) { this.place = place; }
}
